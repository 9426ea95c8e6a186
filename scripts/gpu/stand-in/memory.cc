// Memory of the device and pinned memory, copies between them and the host.
#include <cuda_runtime_api.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "runtime.h"

namespace standIn {
namespace {

using Blocks = std::map<const char*, size_t>;

std::recursive_mutex mutex;
Blocks device, pinned;
size_t used = 0;

/// STAND_IN_MEMORY, in MiB: what is asked for beyond it is refused.
size_t capacity() {
  const char* given = std::getenv("STAND_IN_MEMORY");
  return (given == nullptr ? 8192 : std::strtoull(given, nullptr, 10)) << 20;
}

bool isIn(const Blocks& blocks, const void* pointer) {
  const auto* at = static_cast<const char*>(pointer);
  auto next = blocks.upper_bound(at);
  return next != blocks.begin() && at < std::prev(next)->first + std::prev(next)->second;
}

char* map(size_t bytes) {
  auto* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return block == MAP_FAILED ? nullptr : static_cast<char*>(block);
}

}  // namespace

Memory copyMemory() {
  const std::lock_guard lock(mutex);
  Memory memory;
  for (const auto& [block, bytes] : device) memory.emplace_back(const_cast<char*>(block), std::vector<char>(block, block + bytes));
  return memory;
}

void restoreMemory(const Memory& memory) {
  const std::lock_guard lock(mutex);
  for (const auto& [block, bytes] : device) std::memset(const_cast<char*>(block), 0xff, bytes);
  for (const auto& [block, bytes] : memory) {
    if (device.count(block) != 0) std::memcpy(block, bytes.data(), bytes.size());
  }
}

}  // namespace standIn

using namespace standIn;

extern "C" {

cudaError_t cudaMalloc(void** pointer, size_t bytes) {
  const std::lock_guard lock(mutex);
  if (const auto error = refusedWhileCapturing("cudaMalloc")) return error;
  if (used + bytes > capacity()) return failed(cudaErrorMemoryAllocation, "cudaMalloc");
  auto* block = map(bytes);
  if (block == nullptr) return failed(cudaErrorMemoryAllocation, "cudaMalloc");
  device[block] = bytes;
  used += bytes;
  *pointer = block;
  return cudaSuccess;
}

cudaError_t cudaFree(void* pointer) {
  const std::lock_guard lock(mutex);
  if (pointer == nullptr) return cudaSuccess;
  if (const auto error = refusedWhileCapturing("cudaFree")) return error;
  const auto entry = device.find(static_cast<char*>(pointer));
  if (entry == device.end()) return failed(cudaErrorInvalidValue, "cudaFree");
  munmap(pointer, entry->second);
  used -= entry->second;
  device.erase(entry);
  return cudaSuccess;
}

cudaError_t cudaHostAlloc(void** pointer, size_t bytes, unsigned) {
  const std::lock_guard lock(mutex);
  if (const auto error = refusedWhileCapturing("cudaHostAlloc")) return error;
  auto* block = map(bytes);
  if (block == nullptr) return failed(cudaErrorMemoryAllocation, "cudaHostAlloc");
  pinned[block] = bytes;
  *pointer = block;
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* pointer) {
  const std::lock_guard lock(mutex);
  if (const auto error = refusedWhileCapturing("cudaFreeHost")) return error;
  const auto entry = pinned.find(static_cast<char*>(pointer));
  if (entry == pinned.end()) return failed(cudaErrorInvalidValue, "cudaFreeHost");
  munmap(pointer, entry->second);
  pinned.erase(entry);
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t* available, size_t* total) {
  const std::lock_guard lock(mutex);
  *total = capacity();
  *available = *total - used;
  return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
  const std::lock_guard lock(mutex);
  *attributes = {};
  auto* at = const_cast<void*>(pointer);
  if (isIn(device, pointer)) {
    attributes->type = cudaMemoryTypeDevice;
    attributes->devicePointer = at;
  } else if (isIn(pinned, pointer)) {
    attributes->type = cudaMemoryTypeHost;
    attributes->hostPointer = attributes->devicePointer = at;
  }
  return cudaSuccess;
}

/// From or to memory that is not pinned, nothing can be copied by a graph.
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  const std::lock_guard lock(mutex);
  const bool isUp = kind == cudaMemcpyHostToDevice, isDown = kind == cudaMemcpyDeviceToHost;
  note(isUp ? "memcpy HtoD" : isDown ? "memcpy DtoH" : "memcpy DtoD", stream);
  if ((isUp && !isIn(device, to)) || (isDown && !isIn(device, from))) return failed(cudaErrorInvalidValue, "cudaMemcpyAsync");
  if (isCapturing(stream) && (isUp || isDown) && !isIn(pinned, isUp ? from : to)) return invalidated(stream, "cudaMemcpyAsync");
  perform(stream, [=] { std::memmove(to, from, bytes); });
  return cudaSuccess;
}

cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind) {
  if (const auto error = refusedWhileCapturing("cudaMemcpy")) return error;
  std::memmove(to, from, bytes);
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t stream) {
  note("memset", stream);
  perform(stream, [=] { std::memset(to, value, bytes); });
  return cudaSuccess;
}

cudaError_t cudaMemset(void* to, int value, size_t bytes) {
  if (const auto error = refusedWhileCapturing("cudaMemset")) return error;
  std::memset(to, value, bytes);
  return cudaSuccess;
}

}  // extern "C"
