// The heads of packed attention: each is computed on one core, from its columns in rows that all of them share.
#pragma once

#include <cmath>
#include <cstdint>

#include "panels.h"
#include "tiles.h"

namespace qa {

/// One head of one sequence: its rows and columns, and where its probabilities and its dropout's blocks begin.
struct Head {
  int64_t row, length, column, width, square, block;

  int64_t rows() const { return padded(length); }
  int64_t columns() const { return padded(width); }
  /// What scores are multiplied by.
  float scale() const { return 1 / std::sqrt(static_cast<float>(width)); }
};

/// The columns of all heads' queries, keys and values, side by side in [tokens, 3 * width].
template <typename Stored>
struct Projected {
  Stored* data;
  int64_t width;

  int64_t stride() const { return 3 * width; }
  Rows<Stored> rowsOf(const Head& head, int64_t part) const { return {data + head.row * stride() + part * width + head.column, stride()}; }
};

/// A head's columns of the attended, or of their gradient: all heads' side by side in [tokens, width].
template <typename Stored>
Rows<Stored> attendedRows(const Head& head, Stored* data, int64_t width) {
  return {data + head.row * width + head.column, width};
}

}  // namespace qa
