#include "panel-product.h"

#include <ATen/Version.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>

#include "parallel.h"
#include "tiles.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define QA_AVX2 __attribute__((target("avx2,fma")))
#define QA_AVX2_INLINE QA_AVX2 __attribute__((always_inline)) inline
#else
#define QA_AVX2
#define QA_AVX2_INLINE inline
#endif

namespace qa {
namespace {

#ifdef __GNUC__
/// A register's floats; it may lie anywhere, and where floats do.
typedef float Vector __attribute__((vector_size(32), aligned(alignof(float)), may_alias));
#else
typedef float Vector;
#endif

/// Of 16 registers twelve hold sums, of six rows and a panel's columns, two the panel's row, and one an element of the left factor.
constexpr int64_t kPanel = 16, kRows = 6;
constexpr int64_t kVectors = kPanel * sizeof(float) / sizeof(Vector);

/// Rows of the left factor that are multiplied with a panel before the next one's turn: what they take stays in a core's cache.
constexpr int64_t kRowsInCache = 64 * kRows;

/// Rows of `stride` elements; of a stride of 0, all the same.
template <typename Element>
struct Rows {
  Element* data;
  int64_t stride;

  Element* at(int64_t row) const { return data + row * stride; }
  Rows from(int64_t row, int64_t column = 0) const { return {at(row) + column, stride}; }
};

/// A factor [depth, columns] whose rows and columns are so many elements apart.
struct Right {
  const float* data;
  int64_t depth, columns, rowStride, columnStride;

  int64_t panels() const { return (columns + kPanel - 1) / kPanel; }
  int64_t size() const { return panels() * kPanel * depth; }
};

/// Copies a panel's columns, [depth, kPanel]; beyond the last column there are zeros.
void pack(const Right& right, int64_t panel, float* output) {
  const auto first = panel * kPanel, width = std::min(kPanel, right.columns - first), depth = right.depth;
  const auto* const input = right.data + first * right.columnStride;
  if (right.rowStride == 1 && width == kPanel && depth % kPanel == 0) {
    transposeWords(reinterpret_cast<const uint32_t*>(input), right.columnStride, kPanel, depth, reinterpret_cast<uint32_t*>(output));
    return;
  }
  if (right.columnStride == 1 && width == kPanel) {
    for (int64_t row = 0; row < depth; ++row) std::copy_n(input + row * right.rowStride, kPanel, output + row * kPanel);
    return;
  }
  for (int64_t row = 0; row < depth; ++row, output += kPanel) {
    for (int64_t i = 0; i < width; ++i) output[i] = input[row * right.rowStride + i * right.columnStride];
    std::fill(output + width, output + kPanel, 0.0F);
  }
}

/// `kCount` rows of a product in a panel's columns; the sums begin with what is in `start`.
template <int64_t kCount>
QA_AVX2_INLINE void multiplyRows(int64_t depth, Rows<const float> left, const float* panel, Rows<const float> start,
                                 Rows<float> output) {
  Vector sums[kCount][kVectors];
  for (int64_t row = 0; row < kCount; ++row) {
    for (int64_t j = 0; j < kVectors; ++j) sums[row][j] = reinterpret_cast<const Vector*>(start.at(row))[j];
  }
  for (int64_t i = 0; i < depth; ++i) {
    Vector right[kVectors];
    for (int64_t j = 0; j < kVectors; ++j) right[j] = reinterpret_cast<const Vector*>(panel + i * kPanel)[j];
    for (int64_t row = 0; row < kCount; ++row) {
      const auto factor = left.at(row)[i];
      for (int64_t j = 0; j < kVectors; ++j) sums[row][j] += factor * right[j];
    }
  }
  for (int64_t row = 0; row < kCount; ++row) {
    for (int64_t j = 0; j < kVectors; ++j) reinterpret_cast<Vector*>(output.at(row))[j] = sums[row][j];
  }
}

/// The same for `rows` of them, up to `kMost`.
template <int64_t kMost>
QA_AVX2_INLINE void multiplyLastRows(int64_t rows, int64_t depth, Rows<const float> left, const float* panel,
                                     Rows<const float> start, Rows<float> output) {
  if (rows == kMost) multiplyRows<kMost>(depth, left, panel, start, output);
  if constexpr (kMost > 1) {
    if (rows < kMost) multiplyLastRows<kMost - 1>(rows, depth, left, panel, start, output);
  }
}

/// And for any number.
QA_AVX2 void multiplyPanel(int64_t rows, int64_t depth, Rows<const float> left, const float* panel, Rows<const float> start,
                           Rows<float> output) {
  int64_t row = 0;
  for (; row + kRows <= rows; row += kRows) multiplyRows<kRows>(depth, left.from(row), panel, start.from(row), output.from(row));
  if (row < rows) multiplyLastRows<kRows - 1>(rows - row, depth, left.from(row), panel, start.from(row), output.from(row));
}

constexpr std::array<float, kPanel> kZeros{};

/// `rows` rows of a product, panel by panel. The sums begin with what is in `start`, or at zero.
void multiply(int64_t rows, const Right& right, const float* packed, Rows<const float> left, Rows<const float> start, Rows<float> output) {
  const auto startsAtZero = start.data == nullptr;
  for (int64_t first = 0; first < rows; first += kRowsInCache) {
    const auto count = std::min(rows - first, kRowsInCache);
    for (int64_t column = 0; column < right.columns; column += kPanel) {
      const auto from = startsAtZero ? Rows<const float>{kZeros.data(), 0} : start.from(first, column);
      const auto to = output.from(first, column);
      const auto* const panel = packed + column * right.depth;
      const auto width = std::min(kPanel, right.columns - column);
      if (width == kPanel) {
        multiplyPanel(count, right.depth, left.from(first), panel, from, to);
        continue;
      }
      const Buffer<float> whole(count * kPanel);
      const Rows<float> sums{whole, kPanel};
      for (int64_t row = 0; row < count; ++row) std::copy_n(from.at(row), width, sums.at(row));
      multiplyPanel(count, right.depth, left.from(first), panel, {whole, kPanel}, sums);
      for (int64_t row = 0; row < count; ++row) std::copy_n(sums.at(row), width, to.at(row));
    }
  }
}

}  // namespace

bool multipliesInPanels() {
#ifdef __GNUC__
  static const bool does = at::get_cpu_capability() == "AVX2";
  return does;
#else
  return false;
#endif
}

at::Tensor panelProduct(const at::Tensor& a, const at::Tensor& b, const std::optional<at::Tensor>& bias) {
  const auto rows = a.size(0), depth = a.size(1), columns = b.size(1);
  const auto result = at::empty({rows, columns}, a.options());
  const Right right{b.const_data_ptr<float>(), depth, columns, b.stride(0), b.stride(1)};
  const Buffer<float> packed(right.size());
  parallelFor(right.panels(), 1, [&](int64_t begin, int64_t end) {
    for (auto panel = begin; panel < end; ++panel) pack(right, panel, packed + panel * kPanel * depth);
  });
  const Rows<const float> left{a.const_data_ptr<float>(), depth}, start{bias ? bias->const_data_ptr<float>() : nullptr, 0};
  const Rows<float> output{result.mutable_data_ptr<float>(), columns};
  parallelPieces(rows, kRows, 1, [&](int64_t begin, int64_t end) {
    multiply(end - begin, right, packed, left.from(begin), start, output.from(begin));
  });
  return result;
}

void panelProduct(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb, float* c, int64_t ldc,
                  bool add) {
  const Right right{b, k, n, ldb, 1};
  const Buffer<float> packed(right.size());
  for (int64_t panel = 0; panel < right.panels(); ++panel) pack(right, panel, packed + panel * kPanel * k);
  multiply(m, right, packed, {a, lda}, add ? Rows<const float>{c, ldc} : Rows<const float>{nullptr, 0}, {c, ldc});
}

}  // namespace qa
