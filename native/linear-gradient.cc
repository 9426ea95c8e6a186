#include "linear-gradient.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "panel-gradient.h"
#include "panels.h"
#include "parallel.h"
#include "row-sums.h"
#include "tile-product.h"
#include "tiles.h"

namespace qa {
namespace {

using at::Tensor;

/// A thread computes as much of the weight's gradient at a time as stays in its cache, over so many tokens at a time.
constexpr int64_t kOut = 128, kIn = 512, kTokens = 256;

/// Some columns of a matrix: [tokens, width] in rows of `stride` elements.
template <typename Stored>
struct Columns {
  const Stored* data;
  int64_t stride, width;

  const Stored* from(int64_t token) const { return data + token * stride; }
};

/// `count` tokens' rows from `token` on, padded: in `scratch`, or where they are if they need no padding.
template <typename Stored, typename Element>
Rows<const Element> paddedRows(const Columns<Stored>& columns, int64_t token, int64_t count, Element* scratch) {
  if constexpr (std::is_same_v<Stored, Element>) {
    if (count % kTile == 0 && columns.width % kTile == 0) return {columns.from(token), columns.stride};
  }
  gather<Stored, Element>(columns.from(token), columns.stride, count, columns.width, scratch);
  return {scratch, padded(columns.width)};
}

/// One block of the weight's gradient, and of the bias's where `biasGrad` is not null.
template <typename Stored, typename Element>
void computeBlock(const Columns<Stored>& grad, const Columns<Stored>& input, int64_t tokens, float* weightGrad, int64_t weightStride,
                  float* biasGrad) {
  const auto outs = padded(grad.width), ins = padded(input.width);
  const Buffer<Element> gradRows(kTokens * outs), inputRows(kTokens * ins);
  const Buffer<float> sums(outs);
  for (int64_t token = 0; token < tokens; token += kTokens) {
    const auto count = std::min(kTokens, tokens - token), depth = padded(count);
    if (biasGrad != nullptr) {
      // Sums of sums: a long one would lose digits.
      std::fill_n(static_cast<float*>(sums), outs, 0.0F);
      addRows(grad.from(token), grad.stride, count, grad.width, sums);
      for (int64_t i = 0; i < grad.width; ++i) biasGrad[i] += sums[i];
    }
    const auto left = paddedRows<Stored, Element>(grad, token, count, gradRows);
    auto right = paddedRows<Stored, Element>(input, token, count, inputRows);
    Buffer<Element> pairs(0);
    if constexpr (!std::is_same_v<Element, float>) {
      pairs = Buffer<Element>(depth * ins);
      pairRows(right.data, right.stride, depth, ins, pairs);
      right = {pairs, ins};
    }
    tileProduct(grad.width, input.width, depth, transpose(left.data, left.stride, depth, outs), depth, right.data, right.stride,
                weightGrad, weightStride, token > 0);
  }
}

template <typename Stored, typename Element>
void compute(const Tensor& grad, const Tensor& input, const LinearGradient& gradient) {
  const auto tokens = grad.size(0), out = grad.size(1), in = input.size(1);
  auto* weight = gradient.weight.mutable_data_ptr<float>();
  auto* bias = gradient.bias.mutable_data_ptr<float>();
  const auto *gradData = static_cast<const Stored*>(grad.const_data_ptr()), *inputData = static_cast<const Stored*>(input.const_data_ptr());
  // As much for one thread as for another.
  const auto threads = int64_t{at::get_num_threads()}, blocks = (out - 1) / (kOut * threads) * threads + threads;
  const auto outs = padded(1 + (out - 1) / blocks);
  const auto rows = (out + outs - 1) / outs, columns = (in + kIn - 1) / kIn;
  parallelFor(rows * columns, 1, [&](int64_t begin, int64_t end) {
    for (auto block = begin; block < end; ++block) {
      const auto firstOut = block / columns * outs, firstIn = block % columns * kIn;
      computeBlock<Stored, Element>({gradData + firstOut, out, std::min(outs, out - firstOut)},
                                    {inputData + firstIn, in, std::min(kIn, in - firstIn)}, tokens, weight + firstOut * in + firstIn, in,
                                    firstIn == 0 ? bias + firstOut : nullptr);
    }
    endTileProducts();
  });
}

}  // namespace

LinearGradient linearGradient(const Tensor& grad, const Tensor& input) {
  const LinearGradient gradient{at::empty({grad.size(1), input.size(1)}, at::kFloat), at::zeros({grad.size(1)}, at::kFloat)};
  // The first tokens' products are what else is written there first.
  if (grad.size(0) == 0) gradient.weight.zero_();
  if (panelGradient(grad, input, gradient.weight, gradient.bias)) return gradient;
  withTypes(grad.scalar_type(), [&](auto stored, auto element) {
    compute<decltype(stored), decltype(element)>(grad, input, gradient);
  });
  return gradient;
}

}  // namespace qa
