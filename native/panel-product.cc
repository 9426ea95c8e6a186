#include "panel-product.h"

#include <ATen/ops/empty.h>

#include <algorithm>

#include "panels.h"
#include "parallel.h"
#include "tiles.h"

namespace qa {
namespace {

/// Rows of the left factor that are multiplied with a panel before the next one's turn: what they take stays in a core's cache.
constexpr int64_t kRowsInCache = 32 * kStrip;

}  // namespace

at::Tensor panelProduct(const at::Tensor& a, const at::Tensor& b, const std::optional<at::Tensor>& bias) {
  const auto rows = a.size(0), depth = a.size(1), columns = b.size(1), panels = panelsOf(columns);
  const auto result = at::empty({rows, columns}, a.options());
  const Right<float> right{b.const_data_ptr<float>(), depth, columns, b.stride(0), b.stride(1)};
  const Buffer<float> packed(panels * kPanel * depth);
  parallelFor(panels, 1, [&](int64_t begin, int64_t end) {
    for (auto panel = begin; panel < end; ++panel) pack(right, panel, packed + panel * kPanel * depth);
  });
  const Rows<const float> left{a.const_data_ptr<float>(), depth};
  const Rows<float> output{result.mutable_data_ptr<float>(), columns};
  const auto* const start = bias ? bias->const_data_ptr<float>() : nullptr;
  parallelPieces(rows, kStrip, 1, [&](int64_t begin, int64_t end) {
    for (auto first = begin; first < end; first += kRowsInCache) {
      for (int64_t panel = 0; panel < panels; ++panel) {
        const auto column = panel * kPanel;
        multiplyPanel(std::min(end - first, kRowsInCache), depth, InRows{left.from(first)}, packed + column * depth, panelWidth(panel, columns),
                      {start == nullptr ? nullptr : start + column, 0}, output.from(first, column));
      }
    }
  });
  return result;
}

}  // namespace qa
