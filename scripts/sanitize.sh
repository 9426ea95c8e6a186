#!/usr/bin/env bash
# scripts/sanitize.sh COMMAND: runs a command with an addon that watches its memory and what C++ leaves undefined
# (AddressSanitizer, UndefinedBehaviorSanitizer). What it finds ends the process, with a report on stderr. The addon is
# built in build/sanitized, by GCC, against the LibTorch of the addon in build/.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ $# -eq 0 ] || [ ! -e "$root/build/CMakeCache.txt" ]; then
  echo "Expected a command, and an addon in $root/build, which \`qa-native setup\` builds." >&2
  exit 2
fi

build=$root/build/sanitized
mapfile -t folders < <(sed -nE 's/^(LIBTORCH|NODE_HEADERS):[A-Z]+=/-D\1=/p' "$root/build/CMakeCache.txt")
cmake -S "$root" -B "$build" "${folders[@]}" -DCMAKE_CXX_COMPILER=g++ -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O2 -g1 -DNDEBUG \
-fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined" >&2
cmake --build "$build" --parallel "$(nproc)" >&2

# Node is not built so, and keeps to its end what the sanitizer would call a leak.
export LD_PRELOAD="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libubsan.so)"
export ASAN_OPTIONS=detect_leaks=0:detect_odr_violation=0:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
export QA_NATIVE_ADDON=$build/qa_native.node
exec "$@"
