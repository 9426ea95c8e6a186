// Products of float32 for processors with AVX2 and without AVX-512: there oneDNN reaches four fifths of what these do, and half
// where rows lie far apart. The right factor is copied first, into panels of as many columns as a core's registers have room
// for, so that its memory is read from end to end; the left one is read where it is, or copied into strips of rows.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "numbers.h"

namespace qa {

/// Whether this processor is such a one.
bool multipliesInPanels();

/// Of 16 registers twelve hold sums, of a strip's rows and a panel's columns, two the panel's row, and one an element of the strip.
constexpr int64_t kPanel = 16, kStrip = 6;

constexpr int64_t panelsOf(int64_t columns) { return (columns + kPanel - 1) / kPanel; }

/// Columns of one of the panels of so many columns: of the last one they may be fewer.
constexpr int64_t panelWidth(int64_t panel, int64_t columns) { return std::min(kPanel, columns - panel * kPanel); }

/// Rows of `stride` elements; of a stride of 0, all the same.
template <typename Element>
struct Rows {
  Element* data;
  int64_t stride;

  Element* at(int64_t row) const { return data + row * stride; }
  Rows from(int64_t row, int64_t column = 0) const { return {at(row) + column, stride}; }
};

/// A left factor where it is.
struct InRows {
  Rows<const float> rows;

  InRows from(int64_t row) const { return {rows.from(row)}; }
  float at(int64_t row, int64_t i) const { return rows.at(row)[i]; }
};

/// A left factor in strips, each [depth, kStrip], that are `stride` elements apart.
struct InStrips {
  const float* data;
  int64_t stride;

  InStrips from(int64_t row) const { return {data + row / kStrip * stride, stride}; }
  float at(int64_t row, int64_t i) const { return data[i * kStrip + row]; }
};

/// Copies so many elements as float32: through an array of its own, since compilers must take it that the output may lie in the
/// input.
template <int64_t kCount, typename Stored>
inline void copyFloats(const Stored* input, float* output) {
  std::array<float, kCount> floats;
  for (int64_t i = 0; i < kCount; ++i) floats[i] = toFloat(input[i]);
  std::memcpy(output, floats.data(), sizeof(floats));
}

/// A right factor [depth, columns] of float32 or bfloat16 (its bits), whose rows and columns are so many elements apart.
template <typename Stored>
struct Right {
  const Stored* data;
  int64_t depth, columns, rowStride, columnStride;
};

/// Copies a panel, [depth, kPanel]; beyond the last column there are zeros.
template <typename Stored>
void pack(const Right<Stored>& right, int64_t panel, float* output);

/// The first `width` columns of a left factor, [rows, depth], times a panel. The sums begin with what is in `start`; where that is
/// null, at zero.
template <typename Left>
void multiplyPanel(int64_t rows, int64_t depth, Left left, const float* panel, int64_t width, Rows<const float> start, Rows<float> output);

}  // namespace qa
