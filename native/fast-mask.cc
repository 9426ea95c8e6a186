#include "fast-mask.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <tuple>

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
void applyBlocks(const Tensor& input, const Tensor& output, uint64_t key, uint32_t keep, float scale) {
  const auto* const from = static_cast<const Element*>(input.const_data_ptr());
  auto* const to = static_cast<Element*>(output.mutable_data_ptr());
  parallelPieces(input.numel(), kBlock, 16, [&](int64_t begin, int64_t end) {
    std::array<uint16_t, kBlock> numbers;
    for (auto start = begin; start < end; start += kBlock) {
      drawBlock(key, static_cast<uint64_t>(start / kBlock), numbers.data());
      applyBlock(from + start, to + start, numbers.data(), std::min(kBlock, end - start), keep, scale);
    }
  });
}

}  // namespace

FastMask FastMask::draw(double p) {
  TORCH_CHECK(p >= 0 && p <= 1, "expected a dropout of 0 to 1, got ", p);
  if (p == 0) return FastMask(0, p);
  auto generator = at::detail::getDefaultCPUGenerator();
  auto* impl = at::check_generator<at::CPUGeneratorImpl>(generator);
  const std::lock_guard<std::mutex> lock(impl->mutex_);
  return FastMask(impl->random64(), p);
}

FastMask::FastMask(uint64_t key, double p)
    : key_(key), keep_(static_cast<uint32_t>(std::lround((1 - p) * 65536))), scale_(65536.0F / static_cast<float>(keep_)) {}

c10::IValue FastMask::saved() const { return std::tuple(static_cast<int64_t>(key_), 1 - keep_ / 65536.0); }

FastMask::FastMask(const c10::IValue& saved)
    : FastMask(static_cast<uint64_t>(saved.toTupleRef().elements()[0].toInt()), saved.toTupleRef().elements()[1].toDouble()) {}

int64_t FastMask::blocks(int64_t count) { return (count + kBlock - 1) / kBlock; }

int64_t FastMask::count(int64_t blocks) { return blocks * kBlock; }

RowDropout FastMask::rows(int64_t first, int64_t blocks, uint16_t* numbers) const {
  if (!drops()) return {nullptr, keep_, scale_};
  for (int64_t block = 0; block < blocks; ++block) drawBlock(key_, static_cast<uint64_t>(first + block), numbers + count(block));
  return {numbers, keep_, scale_};
}

Tensor FastMask::apply(const Tensor& input) const {
  const auto from = input.contiguous();
  const auto output = at::empty_like(from);
  withElement(from.scalar_type(), [&](auto zero) { applyBlocks<decltype(zero)>(from, output, key_, keep_, scale_); });
  return output;
}

}  // namespace qa
