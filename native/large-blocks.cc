// Large blocks of memory from one region. The C library either gives such blocks back to the system at once, which then
// has to clear every page of the next ones (a tenth of a training step), or keeps them between small ones, where they
// fragment (half as much memory again). Here a freed block joins its free neighbours, and the best fit is used again.
#include "large-blocks.h"

#ifdef __linux__
#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>
#include <unistd.h>

#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace qa {
namespace {

/// Smaller blocks are the C library's: they are many, and it is good at them.
constexpr size_t kLarge = size_t{1} << 18;
/// Whole pages, and 64 bytes more: blocks that began at the same place of their pages would share few lines of the cache.
constexpr size_t kPage = 4096, kStagger = 64;

constexpr size_t roundUp(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage + kStagger; }

class Region {
 public:
  /// Address space alone: a page takes memory when it is first written.
  explicit Region(size_t bytes)
      : begin_(static_cast<char*>(
            mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
        bytes_(bytes) {
    if (!isThere()) return;
    // Large pages are cleared quicker than many small ones; where there are none, nothing is lost.
    madvise(begin_, bytes_, MADV_HUGEPAGE);
    insertFree(begin_, bytes_);
  }

  bool isThere() const { return static_cast<void*>(begin_) != MAP_FAILED; }
  bool contains(const void* pointer) const { return pointer >= begin_ && pointer < begin_ + bytes_; }

  /// The smallest free block that is large enough, and of such the first; null where there is none.
  void* allocate(size_t asked) {
    const auto bytes = roundUp(asked);
    const std::lock_guard lock(mutex_);
    const auto fit = bySize_.lower_bound({bytes, nullptr});
    if (fit == bySize_.end()) return nullptr;
    const auto [size, block] = *fit;
    eraseFree(block, size);
    if (size > bytes) insertFree(block + bytes, size - bytes);
    used_[block] = bytes;
    return block;
  }

  void release(void* pointer) {
    const std::lock_guard lock(mutex_);
    const auto used = used_.find(static_cast<char*>(pointer));
    auto* block = used->first;
    auto size = used->second;
    used_.erase(used);
    const auto next = byAddress_.find(block + size);
    if (next != byAddress_.end()) {
      size += next->second;
      eraseFree(next->first, next->second);
    }
    const auto after = byAddress_.lower_bound(block);
    if (after != byAddress_.begin()) {
      const auto [before, length] = *std::prev(after);
      if (before + length == block) {
        eraseFree(before, length);
        block = before;
        size += length;
      }
    }
    insertFree(block, size);
  }

 private:
  void insertFree(char* block, size_t size) {
    byAddress_.emplace(block, size);
    bySize_.emplace(size, block);
  }
  void eraseFree(char* block, size_t size) {
    byAddress_.erase(block);
    bySize_.erase({size, block});
  }

  char* begin_;
  size_t bytes_;
  std::mutex mutex_;
  std::map<char*, size_t> used_, byAddress_;
  std::set<std::pair<size_t, char*>> bySize_;
};

/// As much address space as the machine has memory; never taken down, since tensors may outlive everything else.
Region& region() {
  static auto* const instance =
      new Region(static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE)));
  return *instance;
}

void release(void* pointer) {
  if (region().contains(pointer)) {
    region().release(pointer);
  } else {
    c10::GetDefaultCPUAllocator()->raw_deallocate(pointer);
  }
}

class LargeBlocks final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    auto* block = bytes < kLarge ? nullptr : region().allocate(bytes);
    if (block == nullptr) block = c10::GetDefaultCPUAllocator()->raw_allocate(bytes);
    return {block, block, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, std::size_t count) const override { default_copy_data(to, from, count); }
};

}  // namespace

void useLargeBlocks() {
  // Each thread that loads the addon comes here; all share one.
  static auto* const blocks = new LargeBlocks();
  if (region().isThere()) c10::SetCPUAllocator(blocks);
}

}  // namespace qa
#else
namespace qa {
void useLargeBlocks() {}
}  // namespace qa
#endif
