// pack and packStrips (panels.h) for one kind of registers, as panel-kernel.h has it.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "panel-target.h"
#include "panels.h"
#include "tiles.h"

namespace qa {
namespace {

/// Word `word` of each of the first kCount columns of `rows`, of which there are `depth`; beyond the last there are zeros. Through an
/// array of their own, since compilers must take it that the output may lie in the input.
template <int64_t kCount, typename Stored, typename Word>
QA_TARGET QA_ALWAYS_INLINE void copyWords(Rows<const Stored> rows, int64_t word, int64_t depth, Word* output) {
  std::array<Word, kCount> words;
  if constexpr (std::is_same_v<Word, Pair>) {
    static constexpr std::array<Stored, kCount> kNone{};
    const auto *first = rows.at(2 * word), *second = 2 * word + 1 < depth ? rows.at(2 * word + 1) : kNone.data();
    for (int64_t i = 0; i < kCount; ++i) words[i] = Pair{uint32_t{first[i]} | uint32_t{second[i]} << 16};
  } else {
    for (int64_t i = 0; i < kCount; ++i) words[i] = toFloat(rows.at(word)[i]);
  }
  std::memcpy(output, words.data(), sizeof(words));
}

/// One of them, `stride` elements from the word's first number to its second.
template <typename Word, typename Stored>
QA_TARGET QA_ALWAYS_INLINE Word wordAt(const Stored* first, int64_t stride, bool isLast) {
  if constexpr (std::is_same_v<Word, Pair>) return Pair{uint32_t{first[0]} | (isLast ? 0U : uint32_t{first[stride]} << 16)};
  else return toFloat(first[0]);
}

template <typename Panels, typename Stored>
QA_TARGET void packHere(const Right<Stored>& right, int64_t panel, typename Panels::Word* output) {
  using Word = typename Panels::Word;
  constexpr auto kPanel = Panels::kPanel, kDepth = kDepthOfWord<Panels>;
  const auto width = panelWidth<Panels>(panel, right.columns), depth = right.depth, words = wordsOf<Panels>(depth);
  const auto* input = right.data + panel * kPanel * right.columnStride;
  if constexpr (std::is_same_v<Stored, ElementOf<Panels>>) {
    // Columns are rows of words that lie one after the other.
    const auto areWhole = depth % kDepth == 0 && words % kSquare == 0 && right.columnStride % kDepth == 0;
    if (right.rowStride == 1 && width == kPanel && areWhole) {
      const auto* const from = reinterpret_cast<const uint32_t*>(input);
      return transposeWords(from, right.columnStride / kDepth, kPanel, words, reinterpret_cast<uint32_t*>(output));
    }
  }
  if (right.columnStride == 1 && width == kPanel) {
    const Rows<const Stored> rows{input, right.rowStride};
    for (int64_t word = 0; word < words; ++word) copyWords<kPanel>(rows, word, depth, output + word * kPanel);
    return;
  }
  for (int64_t word = 0; word < words; ++word, input += kDepth * right.rowStride, output += kPanel) {
    const auto isLast = (word + 1) * kDepth > depth;
    for (int64_t i = 0; i < width; ++i) output[i] = wordAt<Word>(input + i * right.columnStride, right.rowStride, isLast);
    std::fill(output + width, output + kPanel, Word{});
  }
}

template <typename Panels, typename Stored>
QA_TARGET void packStripsHere(Rows<const Stored> rows, int64_t depth, int64_t columns, int64_t first,
                              Strips<typename Panels::Word> output) {
  using Word = typename Panels::Word;
  constexpr int64_t kCopied = kWide / 3;
  for (int64_t word = 0; word < wordsOf<Panels>(depth); ++word) {
    int64_t column = 0;
    for (; column + kCopied <= columns; column += kCopied) {
      copyWords<kCopied>(rows.from(0, column), word, depth, output.at(first + word, column));
    }
    const auto isLast = (word + 1) * kDepthOfWord<Panels> > depth;
    const auto* const row = rows.at(word * kDepthOfWord<Panels>);
    for (; column < columns; ++column) *output.at(first + word, column) = wordAt<Word>(row + column, rows.stride, isLast);
  }
}

}  // namespace

// Apart from the above, as multiplyPanel.

template <typename Panels, typename Stored>
void pack(const Right<Stored>& right, int64_t panel, typename Panels::Word* output) {
  packHere<Panels>(right, panel, output);
}

template <typename Panels, typename Stored>
void packStrips(Rows<const Stored> rows, int64_t depth, int64_t columns, int64_t first, Strips<typename Panels::Word> output) {
  packStripsHere<Panels>(rows, depth, columns, first, output);
}

/// Has both compiled.
#define QA_PACK(Panels, Stored)                                                \
  template void pack<Panels>(const Right<Stored>&, int64_t, Panels::Word*);    \
  template void packStrips<Panels>(Rows<const Stored>, int64_t, int64_t, int64_t, Strips<Panels::Word>)

}  // namespace qa
