#!/usr/bin/env bash
# Packs what a machine with a GPU and Python's torch lacks where it has neither npm nor network, into a folder: Node, the
# packages that run and test the project, dist/, the addon, and Python's packages for the reference. check.sh runs there.
# Before: npm ci && npm run build:cuda.
#
#   scripts/gpu/pack.sh FOLDER
#
#   ADDON   the addon to take; by default the one that build:cuda makes
#   PYTHON  the version of Python there; 3.12 by default
#   DATA    a folder with dev-v1.1.json and bert-uncased-vocab.txt to measure on; by default the sample that the project has
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ $# -ne 1 ]; then
  echo "Expected one folder, got $# words; use it so: scripts/gpu/pack.sh FOLDER" >&2
  exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
stage=$(mktemp -d)
trap 'rm -r "$stage"' EXIT
carry=$stage/build/carry
mkdir -p "$carry/bin" "$carry/wheels" "$carry/data"
cd "$root"

cp "${ADDON:-build/cuda/qa_native.node}" "$carry/bin/qa_native.node"
cp "$(node -p process.execPath)" "$carry/bin/node"
if [ -n "${DATA:-}" ]; then cp "$DATA/dev-v1.1.json" "$DATA/bert-uncased-vocab.txt" "$carry/data"; fi

read -ra platforms <<<"$(printf -- '--platform manylinux_2_%s_x86_64 ' 28 17) --platform manylinux2014_x86_64"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
  --python-version "${PYTHON:-3.12}" --implementation cp "${platforms[@]}" --dest "$carry/wheels" \
  $(grep -E '^(transformers|tokenizers)' scripts/reference/requirements.txt) 'huggingface_hub<1'

# What runs, what tests, and what lays out the benchmark's pages. A chart's library is read from its lib/ alone.
modules=$(npm query ':root > .prod, :root > .prod *, #ava, #ava *, #prettier' |
  node -e 'for (const { location } of JSON.parse(require("fs").readFileSync(0))) console.log(location)')
tar --create --exclude='*.map' --exclude=echarts/build --exclude=echarts/dist \
  --directory "$root" dist $modules --directory "$stage" build |
  xz -1 --threads=0 >"$folder/carry.tar.xz"
du -h "$folder/carry.tar.xz"
