// The heads of packed attention: each is computed on one core, from its columns in rows that all of them share.
#pragma once

#include <cstdint>
#include <vector>

#include "fast-mask.h"
#include "panels.h"
#include "tiles.h"

namespace qa {

/// One head of one sequence: its rows and columns, and where its probabilities and its dropout's blocks begin.
struct Head {
  int64_t row, length, column, width, square, block;

  int64_t rows() const { return padded(length); }
  int64_t columns() const { return padded(width); }
};

/// All heads; those of one sequence lie far apart, as threads take neighbours, and should have equally much to do.
inline std::vector<Head> headsOf(const std::vector<int64_t>& lengths, int64_t heads, int64_t width) {
  std::vector<Head> all;
  int64_t square = 0, block = 0;
  for (int64_t head = 0; head < heads; ++head) {
    int64_t row = 0;
    for (const auto length : lengths) {
      all.push_back({row, length, head * width / heads, width / heads, square, block});
      row += length;
      square += padded(length) * padded(length);
      block += padded(length) / kTile * FastMask::blocks(kTile * padded(length));
    }
  }
  return all;
}

/// The columns of all heads' queries, keys and values, side by side in [tokens, 3 * width].
template <typename Stored>
struct Projected {
  Stored* data;
  int64_t width;

  int64_t stride() const { return 3 * width; }
  Rows<Stored> rowsOf(const Head& head, int64_t part) const { return {data + head.row * stride() + part * width + head.column, stride()}; }
};

}  // namespace qa
