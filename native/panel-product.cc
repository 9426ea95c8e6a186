#include "panel-product.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <type_traits>

#include "panels.h"
#include "parallel.h"

namespace qa {
namespace {

/// Rows of the left factor that are multiplied with a panel before the next one's turn: what they take stays in a core's cache.
constexpr int64_t kRowsInCache = 32 * kStrip;

template <typename Panels, typename Stored>
void packAll(const at::Tensor& b, typename Panels::Word* panels) {
  const auto depth = b.size(0), columns = b.size(1);
  const Right<Stored> right{static_cast<const Stored*>(b.const_data_ptr()), depth, columns, b.stride(0), b.stride(1)};
  parallelFor(panelsOf<Panels>(columns), 1, [&](int64_t begin, int64_t end) {
    for (auto panel = begin; panel < end; ++panel) pack<Panels>(right, panel, panels + panel * Panels::kPanel * wordsOf<Panels>(depth));
  });
}

template <typename Panels, typename Stored>
void multiplyAll(const at::Tensor& a, const typename Panels::Word* panels, int64_t columns, const float* bias, Stored* result) {
  using Word = typename Panels::Word;
  const auto words = wordsOf<Panels>(a.size(1));
  const Rows<const Word> left{static_cast<const Word*>(a.const_data_ptr()), words};
  const Rows<Stored> output{result, columns};
  parallelPieces(a.size(0), kStrip, 1, [&](int64_t begin, int64_t end) {
    for (auto first = begin; first < end; first += kRowsInCache) {
      multiplyPanels<Panels>(std::min(end - first, kRowsInCache), words, InRows<Word>{left.from(first)}, panels, words, columns, {bias, 0},
                             output.from(first));
    }
  });
}

/// Calls compute(zero, Panels{}) as withPanels, for numbers that are not widened.
template <typename Compute>
void withOwnPanels(at::ScalarType type, Compute compute) {
  withPanels(type, [&](auto zero, auto panels) {
    if constexpr (std::is_same_v<decltype(zero), ElementOf<decltype(panels)>>) compute(zero, panels);
  });
}

}  // namespace

bool hasPanelProduct(const at::Tensor& a) {
  const auto type = a.scalar_type();
  return multipliesInPanels(type) && (type == at::kFloat || a.size(1) % 2 == 0);
}

at::Tensor toPanels(const at::Tensor& b) {
  at::Tensor result;
  withOwnPanels(b.scalar_type(), [&](auto zero, auto kind) {
    using Panels = decltype(kind);
    result = at::empty({panelsOf<Panels>(b.size(1)), b.size(0), Panels::kPanel}, b.options());
    packAll<Panels, decltype(zero)>(b, static_cast<typename Panels::Word*>(result.mutable_data_ptr()));
  });
  return result;
}

at::Tensor panelProduct(const at::Tensor& a, const at::Tensor& panels, int64_t columns, const std::optional<at::Tensor>& bias) {
  const auto result = at::empty({a.size(0), columns}, a.options());
  const auto* const added = bias ? bias->const_data_ptr<float>() : nullptr;
  withOwnPanels(a.scalar_type(), [&](auto zero, auto kind) {
    using Panels = decltype(kind);
    multiplyAll<Panels>(a, static_cast<const typename Panels::Word*>(panels.const_data_ptr()), columns, added,
                        static_cast<decltype(zero)*>(result.mutable_data_ptr()));
  });
  return result;
}

}  // namespace qa
