// Kernels: LibTorch's own are registered, launched and counted, and do nothing.
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <vector>

#include "runtime.h"

namespace standIn {
namespace {

struct Shape {
  dim3 grid, block;
  size_t shared;
  cudaStream_t stream;
};

std::recursive_mutex mutex;
std::map<const void*, std::string> names;
thread_local std::vector<Shape> shapes;

std::string sizes(const dim3& size) {
  return std::to_string(size.x) + ',' + std::to_string(size.y) + ',' + std::to_string(size.z);
}

/// What a GPU refuses is refused here.
cudaError_t launch(const void* kernel, const dim3& grid, const dim3& block, cudaStream_t stream) {
  const std::lock_guard lock(mutex);
  const auto& name = names[kernel];
  const auto threads = static_cast<uint64_t>(block.x) * block.y * block.z;
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535 || grid.z > 65535 || threads == 0 || threads > 1024) {
    return failed(cudaErrorInvalidConfiguration, name.c_str());
  }
  note(name + " grid " + sizes(grid) + " block " + sizes(block), stream);
  return cudaSuccess;
}

}  // namespace

void note(const std::string& what, const void* stream) {
  static const bool isTraced = std::getenv("STAND_IN_TRACE") != nullptr;
  if (isTraced) std::cerr << (isCapturing(stream) ? "[captured] " : "[done] ") + what + '\n';
}

cudaError_t failed(cudaError_t error, const char* where) {
  static const bool isTraced = std::getenv("STAND_IN_TRACE") != nullptr;
  if (isTraced) std::cerr << "[failed] " << where << ": " << error << '\n';
  lastError = error;
  return error;
}

}  // namespace standIn

using namespace standIn;

extern "C" {

void** __cudaRegisterFatBinary(void*) {
  static void* handle;
  return &handle;
}

void __cudaRegisterFunction(void**, const char* function, char*, const char* name, int, uint3*, uint3*, dim3*, dim3*, int*) {
  const std::lock_guard lock(mutex);
  names[function] = name;
}

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, void* stream) {
  shapes.push_back({grid, block, shared, static_cast<cudaStream_t>(stream)});
  return 0;
}

cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared, void* stream) {
  const auto shape = shapes.back();
  shapes.pop_back();
  *grid = shape.grid;
  *block = shape.block;
  *shared = shape.shared;
  *static_cast<cudaStream_t*>(stream) = shape.stream;
  return cudaSuccess;
}

cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* function) {
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(function));
  return cudaSuccess;
}

cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void**, size_t, cudaStream_t stream) {
  return launch(kernel, grid, block, stream);
}
cudaError_t cudaLaunchKernel(const void* kernel, dim3 grid, dim3 block, void**, size_t, cudaStream_t stream) {
  return launch(kernel, grid, block, stream);
}
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* shape, const void* kernel, void**) {
  return launch(kernel, shape->gridDim, shape->blockDim, shape->stream);
}
cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void* data) {
  perform(stream, [=] { function(data); });
  return cudaSuccess;
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void*) {
  *attributes = {};
  attributes->maxThreadsPerBlock = 1024;
  attributes->numRegs = 64;
  attributes->binaryVersion = attributes->ptxVersion = 90;
  return cudaSuccess;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void*, int threads, size_t, unsigned) {
  *blocks = threads > 0 && threads <= 1024 ? 2048 / threads : 0;
  return cudaSuccess;
}

}  // extern "C"
