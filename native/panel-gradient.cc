#include "panel-gradient.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "numbers.h"
#include "panels.h"
#include "parallel.h"
#include "row-sums.h"
#include "tiles.h"

namespace qa {
namespace {

using at::Tensor;

/// A thread multiplies up to so many outputs at a time, since for each block of them the input is copied; and over so many words of
/// tokens, since a panel and a strip of them stay in a core's first cache.
constexpr int64_t kOut = 512, kWords = 128;

/// Tokens that are copied at a time: their rows may have the same place in a cache, which has eight of each.
constexpr int64_t kStep = 8;

/// A block of the weight's gradient: so many outputs from `out` on, and inputs from `in` on.
struct Block {
  int64_t out, outs, in, ins;
};

/// Blocks as much alike as can be, one for each thread or a multiple of that, as nearly square as may be: a block copies its part of
/// both factors.
template <typename Panels>
std::vector<Block> blocksOf(int64_t out, int64_t in) {
  const auto threads = int64_t{at::get_num_threads()}, panels = panelsOf<Panels>(in);
  const auto square = static_cast<int64_t>(std::sqrt(static_cast<double>(threads * in) / static_cast<double>(out)));
  const auto columns = std::clamp<int64_t>(square, 1, panels), share = (threads + columns - 1) / columns;
  const auto rows = ((out - 1) / (kOut * share) + 1) * share;
  const auto outs = (out + rows - 1) / rows, ins = (panels + columns - 1) / columns * Panels::kPanel;
  std::vector<Block> blocks;
  for (int64_t firstOut = 0; firstOut < out; firstOut += outs) {
    for (int64_t firstIn = 0; firstIn < in; firstIn += ins) {
      blocks.push_back({firstOut, std::min(outs, out - firstOut), firstIn, std::min(ins, in - firstIn)});
    }
  }
  return blocks;
}

/// Computes a block, whose first token's gradient and input, first weight and first bias these are; without a bias where that is null.
template <typename Panels, typename Stored>
void computeBlock(const Block& block, int64_t tokens, Rows<const Stored> grad, Rows<const Stored> input, Rows<float> weight, float* bias) {
  using Word = typename Panels::Word;
  constexpr auto kPanel = Panels::kPanel, kTokens = kWords * kDepthOfWord<Panels>;
  const auto panels = panelsOf<Panels>(block.ins);
  const Buffer<Word> grads(Strips<Word>::size(block.outs, kWords)), packed(panels * kPanel * kWords);
  const Strips<Word> strips{grads, kWords};
  std::vector<float> sums(static_cast<size_t>(block.outs));
  for (int64_t token = 0; token < tokens; token += kTokens) {
    const auto depth = std::min(kTokens, tokens - token);
    // Sums of sums: a long one would lose digits.
    std::fill(sums.begin(), sums.end(), 0.0F);
    for (int64_t i = 0; i < depth; i += kStep) {
      const auto count = std::min(kStep, depth - i), word = i / kDepthOfWord<Panels>;
      const auto gradRows = grad.from(token + i);
      packStrips<Panels>(gradRows, count, block.outs, word, strips);
      if (bias != nullptr) addRows(gradRows.data, gradRows.stride, count, block.outs, sums.data());
      const Right<Stored> rows{input.at(token + i), count, block.ins, input.stride, 1};
      for (int64_t panel = 0; panel < panels; ++panel) pack<Panels>(rows, panel, packed + (panel * kWords + word) * kPanel);
    }
    if (bias != nullptr) std::transform(sums.begin(), sums.end(), bias, bias, std::plus<>());
    const Rows<const float> added{token == 0 ? nullptr : weight.data, weight.stride};
    multiplyPanels<Panels>(block.outs, wordsOf<Panels>(depth), InStrips<Word>{{grads, kWords}}, packed, kWords, block.ins, added, weight);
  }
}

template <typename Panels, typename Stored>
void compute(const Stored* grad, const Stored* input, int64_t tokens, int64_t out, int64_t in, float* weight, float* bias) {
  const auto blocks = blocksOf<Panels>(out, in);
  parallelFor(static_cast<int64_t>(blocks.size()), 1, [&](int64_t begin, int64_t end) {
    for (auto index = begin; index < end; ++index) {
      const auto& block = blocks[static_cast<size_t>(index)];
      computeBlock<Panels, Stored>(block, tokens, {grad + block.out, out}, {input + block.in, in}, {weight + block.out * in + block.in, in},
                                   block.in == 0 ? bias + block.out : nullptr);
    }
  });
}

}  // namespace

bool panelGradient(const Tensor& grad, const Tensor& input, Tensor weight, Tensor bias) {
  return withPanels(grad.scalar_type(), [&](auto zero, auto panels) {
    using Stored = decltype(zero);
    compute<decltype(panels)>(static_cast<const Stored*>(grad.const_data_ptr()), static_cast<const Stored*>(input.const_data_ptr()),
                              grad.size(0), grad.size(1), input.size(1), weight.mutable_data_ptr<float>(), bias.mutable_data_ptr<float>());
  });
}

}  // namespace qa
