#include "panel-product.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <type_traits>

#include "panels.h"
#include "parallel.h"
#include "tiles.h"

namespace qa {
namespace {

/// Rows of the left factor that are multiplied with a panel before the next one's turn: what they take stays in a core's cache.
constexpr int64_t kRowsInCache = 32 * kStrip;

template <typename Panels, typename Stored>
void compute(const at::Tensor& a, const at::Tensor& b, const float* bias, Stored* result) {
  using Word = typename Panels::Word;
  constexpr auto kPanel = Panels::kPanel;
  const auto rows = a.size(0), words = wordsOf<Panels>(a.size(1)), columns = b.size(1), panels = panelsOf<Panels>(columns);
  const Right<Stored> right{static_cast<const Stored*>(b.const_data_ptr()), b.size(0), columns, b.stride(0), b.stride(1)};
  const Buffer<Word> packed(panels * kPanel * words);
  parallelFor(panels, 1, [&](int64_t begin, int64_t end) {
    for (auto panel = begin; panel < end; ++panel) pack<Panels>(right, panel, packed + panel * kPanel * words);
  });
  const Rows<const Word> left{static_cast<const Word*>(a.const_data_ptr()), words};
  const Rows<Stored> output{result, columns};
  parallelPieces(rows, kStrip, 1, [&](int64_t begin, int64_t end) {
    for (auto first = begin; first < end; first += kRowsInCache) {
      multiplyPanels<Panels>(std::min(end - first, kRowsInCache), words, InRows<Word>{left.from(first)}, packed, words, columns, {bias, 0},
                             output.from(first));
    }
  });
}

}  // namespace

bool hasPanelProduct(const at::Tensor& a) {
  const auto type = a.scalar_type();
  return multipliesInPanels(type) && (type == at::kFloat || a.size(1) % 2 == 0);
}

at::Tensor panelProduct(const at::Tensor& a, const at::Tensor& b, const std::optional<at::Tensor>& bias) {
  const auto result = at::empty({a.size(0), b.size(1)}, a.options());
  const auto* const start = bias ? bias->const_data_ptr<float>() : nullptr;
  withPanels(a.scalar_type(), [&](auto zero, auto panels) {
    using Stored = decltype(zero);
    using Panels = decltype(panels);
    if constexpr (std::is_same_v<Stored, ElementOf<Panels>>) {
      compute<Panels>(a, b, start, static_cast<Stored*>(result.mutable_data_ptr()));
    }
  });
  return result;
}

}  // namespace qa
