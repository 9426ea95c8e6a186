#!/usr/bin/env bash
# Builds a stand-in for a GPU: LibTorch's CUDA build takes it for one, so that what is asked of a GPU can be run where there is none.
#
#   scripts/gpu/stand-in/build.sh FOLDER     after `npm run build:cuda`; needs the CUDA toolkit's headers (CUDA_HOME, /usr/local/cuda)
#
# FOLDER/run COMMAND … then runs a command beside it. LIBTORCH names the CUDA build's folder (that of build:cuda by default).
set -euo pipefail
folder=$(mkdir -p "${1:?Expected a folder to build the stand-in in}" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
libtorch=${LIBTORCH:-$(sed -n 's/^LIBTORCH:PATH=//p' "$root/build/cuda/CMakeCache.txt")}
toolkit=${CUDA_HOME:-/usr/local/cuda}/include
mkdir -p "$folder/lib" "$folder/objects"
cd "$folder"

compile() { # compile STANDARD SOURCE… : objects/<source>.o
  local standard=$1 source
  shift
  for source in "$@"; do
    c++ -std="$standard" -O1 -fPIC -c -I"$toolkit" -isystem "$libtorch/include" -isystem "$libtorch/include/torch/csrc/api/include" \
      -o "objects/$source.o" "$here/$source.cc"
  done
}

# Every symbol that LibTorch's libraries look for elsewhere, as "library symbol version".
wanted() {
  nm -D --undefined-only "$libtorch"/lib/*.so | awk '
    NF && $1 == "U" {
      split($2, part, "@"); version = part[2]
      library = version
      if (version == "NVSHMEM") library = "libnvshmem_host.so.3"
      if (version == "") {
        if ($2 ~ /^cusparseLt/) library = "libcusparseLt.so.0"
        else if ($2 ~ /^cusolver/) library = "libcusolver.so.12"
        else if ($2 ~ /^cufft/) library = "libcufft.so.12"
        else if ($2 ~ /^curand/) library = "libcurand.so.10"
        else if ($2 ~ /^cuFile/) library = "libcufile.so.0"
        else if ($2 ~ /^cupti/) library = "libcupti.so.13"
        else if ($2 ~ /^nccl/) library = "libnccl.so.2"
        else if ($2 ~ /^nvrtc/) library = "libnvrtc.so.13"
        else if ($2 ~ /^cu[A-Z]/) library = "libcuda.so.1"
      }
      if (library ~ /^lib(cu|nv|nccl)/) print library, part[1], version
    }' | sort -u
}

# library LIBRARY OBJECT… : what the objects have, and for all else that is wanted of it a function that does nothing and gives 0.
library() {
  local name=$1 version
  shift
  version=$(awk -v name="$name" '$1 == name && $3 != "" { print $3; exit }' wanted)
  if [ "$#" -gt 0 ]; then nm --defined-only "$@" | awk 'NF == 3 { print $3 }'; fi | sort -u >defined
  awk -v name="$name" '$1 == name { print $2 }' wanted | sort -u | comm -23 - defined |
    awk '{ print "long " $1 "(void) { return 0; }" }' >"objects/$name.c"
  cc -fPIC -w -c -o "objects/$name.o" "objects/$name.c"
  echo "${version:-STAND_IN} { *; };" >version
  c++ -shared -Wl,-soname,"$name" ${version:+-Wl,--version-script=version} -o "lib/$name" "$@" "objects/$name.o" \
    $([ "$name" = libcudart.so.13 ] || echo lib/libcudart.so.13) -ldl
}

wanted >wanted
compile c++20 memory streams kernels device driver cublas cudnn
library libcudart.so.13 objects/{memory,streams,kernels,device}.o
library libcuda.so.1 objects/driver.o
library libcublas.so.13 objects/cublas.o
library libcublasLt.so.13 objects/cublas.o
library libcudnn.so.9 objects/cudnn.o
readelf -d "$libtorch"/lib/*.so | sed -n 's/.*(NEEDED).*\[\(lib\(cu\|nv\|nccl\).*\)\]/\1/p' | sort -u | while read -r name; do
  [ -e "lib/$name" ] || library "$name"
done

compile c++17 operators dropout attention lstm
c++ -shared -o operators.so objects/{operators,dropout,attention,lstm}.o -L"$libtorch/lib" -Wl,--no-as-needed -ltorch_cpu -ltorch_cuda \
  -lc10 -lc10_cuda lib/libcudart.so.13 -Wl,--allow-shlib-undefined

cat >run <<END
#!/usr/bin/env bash
# Runs a command beside the stand-in for a GPU. STAND_IN_KERNELS=1: LibTorch's own code for CUDA runs up to its kernels, which do
# nothing. STAND_IN_TRACE=1: what is asked of the GPU, on stderr. STAND_IN_MEMORY: the device's MiB (8192).
export LD_LIBRARY_PATH=$folder/lib:$libtorch/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
export QA_NATIVE_ADDON=\${QA_NATIVE_ADDON:-$root/build/cuda/qa_native.node}
[ -n "\${STAND_IN_KERNELS:-}" ] || export STAND_IN_OPERATORS=$folder/operators.so
exec "\$@"
END
chmod +x run
echo "$folder/run runs a command beside the stand-in."
