// Products of matrices for x86 processors whose registers oneDNN does not keep busy: with AVX2 alone it reaches four fifths of what
// these do, and half where rows lie far apart; on AMD's with AVX-512, four fifths to nine tenths, and small matrices have to be
// padded and copied for it. The right factor is copied first, into panels of as many columns as a core's registers have room
// for, so that its memory is read from end to end; the left one is read where it is, or, transposed, from a copy.
#pragma once

#include <c10/core/ScalarType.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "numbers.h"

namespace qa {

/// Two numbers of bfloat16 that follow each other in depth: the lower half is the first.
enum class Pair : uint32_t {};

// Kinds of panels. A strip of the left factor's rows times a panel's columns are the sums that registers hold, beside a row of the
// panel and a word of the strip. A word is what is multiplied at a time: of float32 one number; of bfloat16, where processors multiply it,
// a pair; else bfloat16 becomes float32.
constexpr int64_t kStrip = 6;

/// 16 registers of 32 bytes: twelve hold sums.
struct Avx2Panels {
  using Word = float;
  static constexpr int64_t kRegister = 32, kPanel = 16;
};

/// 32 of 64 bytes: 24 hold sums.
struct Avx512Panels {
  using Word = float;
  static constexpr int64_t kRegister = 64, kPanel = 64;
};

struct Avx512PairPanels : Avx512Panels {
  using Word = Pair;
};

/// What words are made of: float32, or bfloat16 by its bits.
template <typename Panels>
using ElementOf = std::conditional_t<std::is_same_v<typename Panels::Word, Pair>, uint16_t, float>;

/// Numbers in a word.
template <typename Panels>
constexpr int64_t kDepthOfWord = std::is_same_v<typename Panels::Word, Pair> ? 2 : 1;

template <typename Panels>
constexpr int64_t wordsOf(int64_t depth) {
  return (depth + kDepthOfWord<Panels> - 1) / kDepthOfWord<Panels>;
}

template <typename Panels>
constexpr int64_t panelsOf(int64_t columns) {
  return (columns + Panels::kPanel - 1) / Panels::kPanel;
}

/// Columns of one of the panels of so many columns: of the last one they may be fewer.
template <typename Panels>
constexpr int64_t panelWidth(int64_t panel, int64_t columns) {
  return std::min(Panels::kPanel, columns - panel * Panels::kPanel);
}

/// Which registers this processor's panels are for.
enum class PanelRegisters { kNone, kAvx2, kAvx512 };
PanelRegisters panelRegisters();

/// Whether numbers of this type are multiplied in panels here, without becoming others before.
bool multipliesInPanels(c10::ScalarType type);

/// Calls compute(zero, Panels{}) for the stored type, `zero` being of it: float32 or bfloat16 (its bits). Returns whether it did.
template <typename Compute>
bool withPanels(c10::ScalarType stored, Compute compute) {
  const auto isFloat = stored == c10::kFloat;
  switch (panelRegisters()) {
    case PanelRegisters::kNone: return false;
    case PanelRegisters::kAvx2:
      if (isFloat) compute(float{}, Avx2Panels{});
      else compute(uint16_t{}, Avx2Panels{});
      return true;
    case PanelRegisters::kAvx512:
      if (isFloat) compute(float{}, Avx512Panels{});
      else compute(uint16_t{}, Avx512PairPanels{});
      return true;
  }
  return false;
}

/// Rows of `stride` elements; of a stride of 0, all the same.
template <typename Element>
struct Rows {
  Element* data;
  int64_t stride;

  Element* at(int64_t row) const { return data + row * stride; }
  Rows from(int64_t row, int64_t column = 0) const { return {at(row) + column, stride}; }
};

/// A left factor where it is: words.
template <typename Word>
struct InRows {
  Rows<const Word> rows;

  InRows from(int64_t row) const { return {rows.from(row)}; }
  Word at(int64_t row, int64_t i) const { return rows.at(row)[i]; }
};

/// Columns of a wide strip.
constexpr int64_t kWide = 16 * kStrip;

/// A left factor that lies transposed, in wide strips, each [words, kWide]: as rows of many columns it would be spread over more pages,
/// and, where a power of two apart, over fewer places of a cache, than a core has at hand.
template <typename Word>
struct Strips {
  Word* data;
  int64_t words;

  static int64_t size(int64_t columns, int64_t words) { return (columns + kWide - 1) / kWide * kWide * words; }
  Word* at(int64_t word, int64_t column) const { return data + (column / kWide * words + word) * kWide + column % kWide; }
};

/// Such a one from the first row of a strip on.
template <typename Word>
struct InStrips {
  Strips<const Word> strips;

  InStrips from(int64_t row) const { return {{strips.at(0, row), strips.words}}; }
  Word at(int64_t row, int64_t i) const { return strips.data[i * kWide + row]; }
};

/// A right factor [depth, columns] of float32 or bfloat16 (its bits), whose rows and columns are so many elements apart.
template <typename Stored>
struct Right {
  const Stored* data;
  int64_t depth, columns, rowStride, columnStride;
};

/// Copies a panel, [words, kPanel]; beyond the last column there are zeros.
template <typename Panels, typename Stored>
void pack(const Right<Stored>& right, int64_t panel, typename Panels::Word* output);

/// Copies [depth, columns] into strips, from their word `first` on.
template <typename Panels, typename Stored>
void packStrips(Rows<const Stored> rows, int64_t depth, int64_t columns, int64_t first, Strips<typename Panels::Word> output);

/// The first `width` columns of a left factor, [rows, words], times a panel, in float32, rounded to what is stored. What is in `added`
/// is added; where that is null, nothing.
template <typename Panels, typename Left, typename Stored>
void multiplyPanel(int64_t rows, int64_t words, Left left, const typename Panels::Word* panel, int64_t width, Rows<const float> added,
                   Rows<Stored> output);

/// The same times all panels of so many columns, which are `room` words deep in memory.
template <typename Panels, typename Left, typename Stored>
void multiplyPanels(int64_t rows, int64_t words, Left left, const typename Panels::Word* panels, int64_t room, int64_t columns,
                    Rows<const float> added, Rows<Stored> output) {
  for (int64_t panel = 0; panel < panelsOf<Panels>(columns); ++panel) {
    const auto column = panel * Panels::kPanel;
    const auto from = added.data == nullptr ? added : added.from(0, column);
    multiplyPanel<Panels>(rows, words, left, panels + column * room, panelWidth<Panels>(panel, columns), from, output.from(0, column));
  }
}

}  // namespace qa
