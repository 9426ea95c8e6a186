#!/usr/bin/env bash
# What only a machine with a GPU can show, in a checkout of the version that pack.sh packed into CARRY. Parts are `tests`
# (on that device), `exact` (Python's bits), `parts` (what a step's kernels take; on a GPU alone) and `bench`; without any,
# all run. One that fails does not keep the next from running; each writes a log into the folder OUTPUT. The exit code is 1
# where one failed.
#
#   scripts/gpu/check.sh CARRY OUTPUT [PART…]
#
#   PYTHON  a Python with torch; python3 by default
#   DEVICE  cuda by default; with cpu, the same is rehearsed where there is no GPU
#   LIMIT   seconds after which what a part started is ended; 300 by default
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ $# -lt 2 ]; then
  echo "Expected carry.tar.xz and a folder, got $# words; use it so: scripts/gpu/check.sh CARRY OUTPUT [PART…]" >&2
  exit 2
fi
mkdir -p "$2"
carry=$(realpath "$1") output=$(realpath "$2")
python=${PYTHON:-python3} device=${DEVICE:-cuda} limit=${LIMIT:-300}
shift 2
parts=" ${*:-tests exact parts bench} "
cd "$root"
rm -rf build/carry
tar --extract --xz --file "$carry" || exit 1
here=$root/build/carry
"$python" -m pip install --quiet --no-index --no-deps --no-compile --upgrade --target "$here/site" "$here"/wheels/*.whl || exit 1

torch=$("$python" -c 'import torch; print(torch.__path__[0])') || exit 1
export PATH=$here/bin:$PATH QA_NATIVE_ADDON=$here/bin/qa_native.node NO_COLOR=1
export PYTHONPATH=$here/site LD_LIBRARY_PATH=$torch/lib:${LD_LIBRARY_PATH:-}
export QA_NATIVE_CACHE=$here/cache

data=()
if [ -e "$here/data/dev-v1.1.json" ]; then
  data=(--train-file "$here/data/dev-v1.1.json" --vocab-file "$here/data/bert-uncased-vocab.txt")
fi
verify=(dist/scripts/verify-exact.js --python "$python" --device "$device")
bench=(dist/scripts/bench/main.js --python "$python" --device "$device" --output-dir "$output/bench")

failed=0
# try NAME COMMAND…: runs it, and shows the end of what it printed.
try() {
  local name=$1 started=$SECONDS code
  shift
  timeout "$limit" "$@" >"$output/$name.log" 2>&1
  code=$?
  if [ $code -ne 0 ]; then failed=1; fi
  echo "== $name: ended with $code after $((SECONDS - started)) s"
  tail -n 40 "$output/$name.log"
}

try doctor node dist/bin/qa-native.js doctor
if [[ $parts == *' tests '* ]]; then
  try tests node node_modules/ava/entrypoints/cli.mjs --match="*$device*" 'dist/test/{nn,models,train}/**' dist/test/{cuda-graph,tensor}.test.js
fi
if [[ $parts == *' exact '* ]]; then
  for model in bert-mini lstm transformer; do
    try "exact-$model" node "${verify[@]}" --models "$model" --seeds 42 --max-steps 40 --max-train-samples 241
  done
fi
if [[ $parts == *' parts '* && $device == cuda* ]]; then try parts "$python" scripts/gpu/parts.py; fi
if [[ $parts == *' bench '* ]]; then try bench node "${bench[@]}" "${data[@]}"; fi
exit $failed
