#include "fast-mask.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "numbers.h"
#include "parallel.h"
#include "philox.h"
#include "vectorize.h"

namespace qa {
namespace {

using at::Tensor;

template <typename Element>
QA_VECTORIZE void applyBlock(const Element* input, Element* output, const uint16_t* numbers, int64_t count, uint32_t keep, float scale) {
  for (int64_t i = 0; i < count; ++i) output[i] = fromFloat<Element>(numbers[i] < keep ? toFloat(input[i]) * scale : 0.0F);
}

template <typename Element>
void applyBlocks(const void* input, void* output, int64_t count, uint64_t key, int64_t first, uint32_t keep, float scale) {
  const auto* from = static_cast<const Element*>(input);
  auto* to = static_cast<Element*>(output);
  std::array<uint16_t, kBlock> numbers;
  for (int64_t start = 0; start < count; start += kBlock) {
    drawBlock(key, static_cast<uint64_t>(first + start / kBlock), numbers.data());
    applyBlock(from + start, to + start, numbers.data(), std::min(kBlock, count - start), keep, scale);
  }
}

}  // namespace

FastMask FastMask::draw(double p) {
  if (p == 0) return FastMask(0, p);
  auto generator = at::detail::getDefaultCPUGenerator();
  auto* impl = at::check_generator<at::CPUGeneratorImpl>(generator);
  const std::lock_guard<std::mutex> lock(impl->mutex_);
  return FastMask(impl->random64(), p);
}

FastMask::FastMask(uint64_t key, double p)
    : key_(key), keep_(static_cast<uint32_t>(std::lround((1 - p) * 65536))), scale_(65536.0F / static_cast<float>(keep_)) {}

int64_t FastMask::blocks(int64_t count) { return (count + kBlock - 1) / kBlock; }

int64_t FastMask::count(int64_t blocks) { return blocks * kBlock; }

RowDropout FastMask::rows(int64_t first, int64_t blocks, uint16_t* numbers) const {
  if (!drops()) return {nullptr, keep_, scale_};
  for (int64_t block = 0; block < blocks; ++block) drawBlock(key_, static_cast<uint64_t>(first + block), numbers + count(block));
  return {numbers, keep_, scale_};
}

void FastMask::apply(const Tensor& input, Tensor& output, int64_t first) const {
  const auto apply = input.scalar_type() == at::kFloat ? applyBlocks<float> : applyBlocks<uint16_t>;
  apply(input.const_data_ptr(), output.mutable_data_ptr(), input.numel(), key_, first, keep_, scale_);
}

Tensor FastMask::apply(const Tensor& input) const {
  const auto from = input.contiguous().view(-1);
  auto output = at::empty_like(from);
  parallelPieces(from.numel(), kBlock, 16, [&](int64_t begin, int64_t end) {
    auto part = output.narrow(0, begin, end - begin);
    apply(from.narrow(0, begin, end - begin), part, begin / kBlock);
  });
  return output.view(input.sizes());
}

}  // namespace qa
