// multiplyPanel (panels.h) for one kind of registers: each file that includes this compiles it for the processors that QA_TARGET, an
// attribute, names, and says for which panels.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "panel-target.h"
#include "panels.h"
#include "tiles.h"

namespace qa {
namespace {

/// A register's words; it may lie anywhere, and where words do, which `auto` forgets.
template <typename Panels>
struct Register {
#ifdef __GNUC__
  typedef float Floats __attribute__((vector_size(Panels::kRegister), aligned(alignof(float)), may_alias));
#else
  using Floats = float;
#endif
};

template <typename Panels>
using Floats = typename Register<Panels>::Floats;

/// Columns of a register.
template <typename Panels>
constexpr auto kLanesOf = int64_t{sizeof(Floats<Panels>) / sizeof(float)};

constexpr std::array<float, Avx512Panels::kPanel> kZeros{};

/// Adds a word times each of a register's.
template <typename Panels>
QA_TARGET QA_ALWAYS_INLINE void multiplyAdd(Floats<Panels>& sums, typename Panels::Word left, const Floats<Panels>& right) {
  if constexpr (std::is_same_v<typename Panels::Word, float>) {
    sums += left * right;
  } else {
#ifdef QA_X86
    const auto pairs = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(left)));
    const auto more = _mm512_dpbf16_ps(reinterpret_cast<__m512>(sums), pairs, reinterpret_cast<__m512bh>(right));
    sums = reinterpret_cast<Floats<Panels>>(more);
#endif
  }
}

/// Says early what will be written: a product's output is seldom in a cache.
QA_ALWAYS_INLINE void prefetch(const void* memory) {
#ifdef __GNUC__
  __builtin_prefetch(memory, 1);
#endif
}

/// Stores sums.
template <typename Panels, typename Stored>
QA_TARGET QA_ALWAYS_INLINE void store(const Floats<Panels>& sums, Stored* output) {
  if constexpr (std::is_same_v<Stored, float>) {
    *reinterpret_cast<Floats<Panels>*>(output) = sums;
#ifdef QA_X86
  } else if constexpr (std::is_same_v<typename Panels::Word, Pair>) {
    const auto rounded = _mm512_cvtneps_pbh(reinterpret_cast<__m512>(sums));
    std::memcpy(output, &rounded, sizeof(rounded));
#endif
  } else {
    std::array<float, kLanesOf<Panels>> floats;
    std::memcpy(floats.data(), &sums, sizeof(floats));
    for (int64_t i = 0; i < kLanesOf<Panels>; ++i) output[i] = fromFloat<Stored>(floats[i]);
  }
}

/// `kCount` rows of a product in the first `kWidth` registers' columns of a panel.
template <typename Panels, int64_t kWidth, int64_t kCount, typename Left, typename Stored>
QA_TARGET QA_ALWAYS_INLINE void multiplyRows(int64_t words, Left left, const typename Panels::Word* panel, Rows<const float> added,
                                             Rows<Stored> output) {
  using Vector = Floats<Panels>;
  Vector sums[kCount][kWidth]{};
  for (int64_t row = 0; row < kCount; ++row) {
    for (int64_t j = 0; j < kWidth; ++j) prefetch(output.at(row) + j * kLanesOf<Panels>);
  }
  for (int64_t i = 0; i < words; ++i) {
    Vector right[kWidth];
    for (int64_t j = 0; j < kWidth; ++j) right[j] = reinterpret_cast<const Vector*>(panel + i * Panels::kPanel)[j];
    for (int64_t row = 0; row < kCount; ++row) {
      const auto word = left.at(row, i);
      for (int64_t j = 0; j < kWidth; ++j) multiplyAdd<Panels>(sums[row][j], word, right[j]);
    }
  }
  for (int64_t row = 0; row < kCount; ++row) {
    for (int64_t j = 0; j < kWidth; ++j) {
      // Not what sums begin with: products would wait for memory.
      sums[row][j] += reinterpret_cast<const Vector*>(added.at(row))[j];
      store<Panels>(sums[row][j], output.at(row) + j * kLanesOf<Panels>);
    }
  }
}

/// The same for `rows` of them, up to `kMost`.
template <typename Panels, int64_t kWidth, int64_t kMost, typename Left, typename Stored>
QA_TARGET QA_ALWAYS_INLINE void multiplyLastRows(int64_t rows, int64_t words, Left left, const typename Panels::Word* panel,
                                                 Rows<const float> added, Rows<Stored> output) {
  if (rows == kMost) multiplyRows<Panels, kWidth, kMost>(words, left, panel, added, output);
  if constexpr (kMost > 1) {
    if (rows < kMost) multiplyLastRows<Panels, kWidth, kMost - 1>(rows, words, left, panel, added, output);
  }
}

/// For any number of rows, in as many registers' columns as `width` has, up to `kWidth`.
template <typename Panels, int64_t kWidth, typename Left, typename Stored>
QA_TARGET void multiplyColumns(int64_t rows, int64_t words, Left left, const typename Panels::Word* panel, int64_t width,
                               Rows<const float> added, Rows<Stored> output) {
  if constexpr (kWidth > 1) {
    if (width <= (kWidth - 1) * kLanesOf<Panels>) {
      return multiplyColumns<Panels, kWidth - 1>(rows, words, left, panel, width, added, output);
    }
  }
  int64_t row = 0;
  for (; row + kStrip <= rows; row += kStrip) {
    multiplyRows<Panels, kWidth, kStrip>(words, left.from(row), panel, added.from(row), output.from(row));
  }
  if (row < rows) {
    multiplyLastRows<Panels, kWidth, kStrip - 1>(rows - row, words, left.from(row), panel, added.from(row), output.from(row));
  }
}

template <typename Panels, typename Left, typename Stored>
QA_TARGET void multiplyPanelHere(int64_t rows, int64_t words, Left left, const typename Panels::Word* panel, int64_t width,
                                 Rows<const float> added, Rows<Stored> output) {
  constexpr auto kPanel = Panels::kPanel, kLanes = kLanesOf<Panels>;
  const auto from = added.data == nullptr ? Rows<const float>{kZeros.data(), 0} : added;
  if (width % kLanes == 0) return multiplyColumns<Panels, kPanel / kLanes>(rows, words, left, panel, width, from, output);
  // Registers reach past the last column.
  const Buffer<float> whole(rows * kPanel);
  const Rows<float> sums{whole, kPanel};
  for (int64_t row = 0; row < rows; ++row) std::copy_n(from.at(row), width, sums.at(row));
  multiplyColumns<Panels, kPanel / kLanes>(rows, words, left, panel, width, Rows<const float>{whole, kPanel}, sums);
  for (int64_t row = 0; row < rows; ++row) {
    std::transform(sums.at(row), sums.at(row) + width, output.at(row), fromFloat<Stored>);
  }
}

}  // namespace

// Apart from the above, since compilers take attributes from a template's first declaration, which has none.
template <typename Panels, typename Left, typename Stored>
void multiplyPanel(int64_t rows, int64_t words, Left left, const typename Panels::Word* panel, int64_t width, Rows<const float> added,
                   Rows<Stored> output) {
  multiplyPanelHere<Panels>(rows, words, left, panel, width, added, output);
}

/// Has it compiled, for both kinds of left factors.
#define QA_MULTIPLY_PANEL(Panels, Stored)                                                                                            \
  template void multiplyPanel<Panels>(int64_t, int64_t, InRows<Panels::Word>, const Panels::Word*, int64_t, Rows<const float>,   \
                                      Rows<Stored>);                                                                             \
  template void multiplyPanel<Panels>(int64_t, int64_t, InStrips<Panels::Word>, const Panels::Word*, int64_t, Rows<const float>, \
                                      Rows<Stored>)

}  // namespace qa
