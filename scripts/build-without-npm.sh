#!/usr/bin/env bash
# Builds the addon with CMake alone, where npm's packages cannot be had, into build/without-npm/qa_native.node.
# The package runs with it where QA_NATIVE_ADDON names it.
#
#   TORCH         folder of LibTorch; by default that of the torch that python3 can import
#   NODE_HEADERS  folders of node_api.h and of napi.h, separated by semicolons; by default Node's own include folder,
#                 which lacks napi.h where node-addon-api is not installed beside it
#   LIBTORCH_CUDA ON for LibTorch's CUDA libraries; by default where TORCH has them
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

torch=${TORCH:-$(cd "$root" && python3 -c '
import importlib.util as u
spec = u.find_spec("torch")
print(spec.submodule_search_locations[0] if spec else "")')}
if [ ! -e "$torch/include/ATen/ATen.h" ]; then
  echo "Expected a LibTorch, got '$torch'; set TORCH to a folder with include/ and lib/." >&2
  exit 1
fi

headers=${NODE_HEADERS:-$(node -p 'require("path").resolve(process.execPath, "../../include/node")')}
for header in node_api.h napi.h; do
  found=
  IFS=';' read -ra folders <<<"$headers"
  for folder in "${folders[@]}"; do
    if [ -e "$folder/$header" ]; then found=$folder; fi
  done
  if [ -z "$found" ]; then
    echo "Expected $header in '$headers'; set NODE_HEADERS to the folders of node_api.h and napi.h." >&2
    exit 1
  fi
done

cuda=${LIBTORCH_CUDA:-$([ -e "$torch/lib/libtorch_cuda.so" ] && echo ON || echo OFF)}
build=$root/build/without-npm
cmake -S "$root" -B "$build" -DLIBTORCH="$torch" -DLIBTORCH_CUDA="$cuda" -DNODE_HEADERS="$headers"
cmake --build "$build" --parallel "$(nproc)"
echo "Built against $torch; use it with: export QA_NATIVE_ADDON=$build/qa_native.node"
