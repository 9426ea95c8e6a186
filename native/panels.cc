#include "panels.h"

#include <ATen/Version.h>

#include <algorithm>
#include <array>
#include <type_traits>

#include "numbers.h"
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

constexpr int64_t kVectors = kPanel * sizeof(float) / sizeof(Vector);

constexpr std::array<float, kPanel> kZeros{};

/// `kCount` rows of a product in a panel's columns.
template <int64_t kCount, typename Left>
QA_AVX2_INLINE void multiplyRows(int64_t depth, Left left, const float* panel, Rows<const float> start, Rows<float> output) {
  Vector sums[kCount][kVectors];
  for (int64_t row = 0; row < kCount; ++row) {
    for (int64_t j = 0; j < kVectors; ++j) sums[row][j] = reinterpret_cast<const Vector*>(start.at(row))[j];
  }
  for (int64_t i = 0; i < depth; ++i) {
    Vector right[kVectors];
    for (int64_t j = 0; j < kVectors; ++j) right[j] = reinterpret_cast<const Vector*>(panel + i * kPanel)[j];
    for (int64_t row = 0; row < kCount; ++row) {
      const auto factor = left.at(row, i);
      for (int64_t j = 0; j < kVectors; ++j) sums[row][j] += factor * right[j];
    }
  }
  for (int64_t row = 0; row < kCount; ++row) {
    for (int64_t j = 0; j < kVectors; ++j) reinterpret_cast<Vector*>(output.at(row))[j] = sums[row][j];
  }
}

/// The same for `rows` of them, up to `kMost`.
template <int64_t kMost, typename Left>
QA_AVX2_INLINE void multiplyLastRows(int64_t rows, int64_t depth, Left left, const float* panel, Rows<const float> start,
                                     Rows<float> output) {
  if (rows == kMost) multiplyRows<kMost>(depth, left, panel, start, output);
  if constexpr (kMost > 1) {
    if (rows < kMost) multiplyLastRows<kMost - 1>(rows, depth, left, panel, start, output);
  }
}

/// And for any number.
template <typename Left>
QA_AVX2 void multiplyWhole(int64_t rows, int64_t depth, Left left, const float* panel, Rows<const float> start, Rows<float> output) {
  int64_t row = 0;
  for (; row + kStrip <= rows; row += kStrip) multiplyRows<kStrip>(depth, left.from(row), panel, start.from(row), output.from(row));
  if (row < rows) multiplyLastRows<kStrip - 1>(rows - row, depth, left.from(row), panel, start.from(row), output.from(row));
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

template <typename Stored>
QA_AVX2 void pack(const Right<Stored>& right, int64_t panel, float* output) {
  const auto width = panelWidth(panel, right.columns), depth = right.depth;
  const auto* input = right.data + panel * kPanel * right.columnStride;
  if constexpr (std::is_same_v<Stored, float>) {
    if (right.rowStride == 1 && width == kPanel && depth % kPanel == 0) {
      transposeWords(reinterpret_cast<const uint32_t*>(input), right.columnStride, kPanel, depth, reinterpret_cast<uint32_t*>(output));
      return;
    }
  }
  if (right.columnStride == 1 && width == kPanel) {
    for (int64_t row = 0; row < depth; ++row) copyFloats<kPanel>(input + row * right.rowStride, output + row * kPanel);
    return;
  }
  for (int64_t row = 0; row < depth; ++row, input += right.rowStride, output += kPanel) {
    for (int64_t i = 0; i < width; ++i) output[i] = toFloat(input[i * right.columnStride]);
    std::fill(output + width, output + kPanel, 0.0F);
  }
}

template <typename Left>
void multiplyPanel(int64_t rows, int64_t depth, Left left, const float* panel, int64_t width, Rows<const float> start, Rows<float> output) {
  const auto from = start.data == nullptr ? Rows<const float>{kZeros.data(), 0} : start;
  if (width == kPanel) return multiplyWhole(rows, depth, left, panel, from, output);
  const Buffer<float> whole(rows * kPanel);
  const Rows<float> sums{whole, kPanel};
  for (int64_t row = 0; row < rows; ++row) std::copy_n(from.at(row), width, sums.at(row));
  multiplyWhole(rows, depth, left, panel, {whole, kPanel}, sums);
  for (int64_t row = 0; row < rows; ++row) std::copy_n(sums.at(row), width, output.at(row));
}

template void pack(const Right<float>&, int64_t, float*);
template void pack(const Right<uint16_t>&, int64_t, float*);
template void multiplyPanel(int64_t, int64_t, InRows, const float*, int64_t, Rows<const float>, Rows<float>);
template void multiplyPanel(int64_t, int64_t, InStrips, const float*, int64_t, Rows<const float>, Rows<float>);

}  // namespace qa
