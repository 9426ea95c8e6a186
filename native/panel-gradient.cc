#include "panel-gradient.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "numbers.h"
#include "panels.h"
#include "parallel.h"
#include "row-sums.h"
#include "tiles.h"
#include "vectorize.h"

namespace qa {
namespace {

/// A thread multiplies up to so many outputs at a time, since for each block of them the input is copied; and over so many tokens,
/// since a panel and a strip of them stay in a core's first cache.
constexpr int64_t kOut = 512, kTokens = 256;

/// Between strips; more than they take, since what lies a power of two apart has the same place in a cache.
constexpr int64_t kStripStride = kTokens * kStrip + 16;

/// Tokens that are copied at a time: their rows may have the same place in a cache, which has eight of each.
constexpr int64_t kStep = 8;

/// Copies `tokens` rows, up to kStep, [tokens, outs], into strips.
template <typename Stored>
QA_VECTORIZE void packStrips(Rows<const Stored> grad, int64_t tokens, int64_t outs, float* strips) {
  int64_t out = 0;
  for (; out + kStrip <= outs; out += kStrip, strips += kStripStride) {
    for (int64_t token = 0; token < tokens; ++token) copyFloats<kStrip>(grad.at(token) + out, strips + token * kStrip);
  }
  for (int64_t token = 0; token < tokens; ++token) {
    for (auto i = out; i < outs; ++i) strips[token * kStrip + i - out] = toFloat(grad.at(token)[i]);
  }
}

/// A block of the weight's gradient: so many outputs from `out` on, and inputs from `in` on.
struct Block {
  int64_t out, outs, in, ins;
};

/// Blocks as much alike as can be, one for each thread or a multiple of that, as nearly square as may be: a block copies its part of
/// both factors.
std::vector<Block> blocksOf(int64_t out, int64_t in) {
  const auto threads = int64_t{at::get_num_threads()}, panels = panelsOf(in);
  const auto square = static_cast<int64_t>(std::sqrt(static_cast<double>(threads * in) / static_cast<double>(out)));
  const auto columns = std::clamp<int64_t>(square, 1, panels), share = (threads + columns - 1) / columns;
  const auto rows = ((out - 1) / (kOut * share) + 1) * share;
  const auto outs = (out + rows - 1) / rows, ins = (panels + columns - 1) / columns * kPanel;
  std::vector<Block> blocks;
  for (int64_t firstOut = 0; firstOut < out; firstOut += outs) {
    for (int64_t firstIn = 0; firstIn < in; firstIn += ins) {
      blocks.push_back({firstOut, std::min(outs, out - firstOut), firstIn, std::min(ins, in - firstIn)});
    }
  }
  return blocks;
}

/// Computes a block, whose first token's gradient and input, first weight and first bias these are; without a bias where that is null.
template <typename Stored>
void computeBlock(const Block& block, int64_t tokens, Rows<const Stored> grad, Rows<const Stored> input, Rows<float> weight, float* bias) {
  const auto panels = panelsOf(block.ins);
  const Buffer<float> strips((block.outs + kStrip - 1) / kStrip * kStripStride), packed(panels * kPanel * kTokens);
  std::vector<float> sums(static_cast<size_t>(block.outs));
  for (int64_t token = 0; token < tokens; token += kTokens) {
    const auto depth = std::min(kTokens, tokens - token);
    // Sums of sums: a long one would lose digits.
    std::fill(sums.begin(), sums.end(), 0.0F);
    for (int64_t i = 0; i < depth; i += kStep) {
      const auto count = std::min(kStep, depth - i);
      const auto gradRows = grad.from(token + i);
      packStrips(gradRows, count, block.outs, strips + i * kStrip);
      if (bias != nullptr) addRows(gradRows.data, gradRows.stride, count, block.outs, sums.data());
      const Right<Stored> rows{input.at(token + i), count, block.ins, input.stride, 1};
      for (int64_t panel = 0; panel < panels; ++panel) pack(rows, panel, packed + (panel * kTokens + i) * kPanel);
    }
    if (bias != nullptr) std::transform(sums.begin(), sums.end(), bias, bias, std::plus<>());
    for (int64_t panel = 0; panel < panels; ++panel) {
      const auto column = panel * kPanel;
      const auto output = weight.from(0, column);
      multiplyPanel(block.outs, depth, InStrips{strips, kStripStride}, packed + column * kTokens, panelWidth(panel, block.ins),
                    {token == 0 ? nullptr : output.data, output.stride}, output);
    }
  }
}

}  // namespace

template <typename Stored>
void panelGradient(const Stored* grad, const Stored* input, int64_t tokens, int64_t out, int64_t in, float* weight, float* bias) {
  const auto blocks = blocksOf(out, in);
  parallelFor(static_cast<int64_t>(blocks.size()), 1, [&](int64_t begin, int64_t end) {
    for (auto index = begin; index < end; ++index) {
      const auto& block = blocks[static_cast<size_t>(index)];
      computeBlock<Stored>(block, tokens, {grad + block.out, out}, {input + block.in, in}, {weight + block.out * in + block.in, in},
                           block.in == 0 ? bias + block.out : nullptr);
    }
  });
}

template void panelGradient(const float*, const float*, int64_t, int64_t, int64_t, float*, float*);
template void panelGradient(const uint16_t*, const uint16_t*, int64_t, int64_t, int64_t, float*, float*);

}  // namespace qa
