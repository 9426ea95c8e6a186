// Small matrices between products: row-major without gaps, of float32 or bfloat16 (its bits), and padded with zeros, so that
// rows and columns come in multiples of kTile. Of few sizes, since oneDNN makes machine code for each new one.
#pragma once

#include <ATen/ops/empty.h>

#include <cstdint>
#include <type_traits>

namespace qa {

constexpr int64_t kTile = 32;

constexpr int64_t padded(int64_t count) { return (count + kTile - 1) / kTile * kTile; }

/// Memory of one matrix, from LibTorch's allocator.
template <typename T>
class Buffer {
 public:
  explicit Buffer(int64_t count) : bytes_(at::empty({count * static_cast<int64_t>(sizeof(T))}, at::kByte)) {}
  operator T*() const { return static_cast<T*>(bytes_.mutable_data_ptr()); }
  uint32_t* words() const { return static_cast<uint32_t*>(bytes_.mutable_data_ptr()); }

 private:
  at::Tensor bytes_;
};

/// Copies [rows, width] out of a matrix with rows of `stride` elements, padded.
template <typename Stored, typename Element>
void gather(const Stored* input, int64_t stride, int64_t rows, int64_t width, Element* output);

/// Copies [rows, width] of a padded matrix into one with rows of `stride` elements.
template <typename Stored>
void scatter(const float* input, int64_t rows, int64_t width, Stored* output, int64_t stride);

/// Squares that transposeWords goes by: its rows and words come in multiples of it.
constexpr int64_t kSquare = 16;

/// [rows, words] of 32 bits, in rows of `stride`, to [words, rows].
void transposeWords(const uint32_t* input, int64_t stride, int64_t rows, int64_t words, uint32_t* output);

/// A bfloat16 matrix as the right factor of a product, with each two rows side by side: [rows / 2, width] pairs. Rows of the
/// input are `stride` elements apart.
void pairRows(const uint16_t* input, int64_t stride, int64_t rows, int64_t width, uint16_t* output);

/// A matrix [rows, columns] as the right factor: float32 is one as it is.
template <typename Element>
Buffer<Element> paired(Buffer<Element> matrix, int64_t rows, int64_t columns) {
  if constexpr (std::is_same_v<Element, float>) {
    return matrix;
  } else {
    Buffer<Element> pairs(rows * columns);
    pairRows(matrix, columns, rows, columns, pairs);
    return pairs;
  }
}

/// And transposed.
template <typename Element>
Buffer<Element> transposedPairs(const Buffer<Element>& matrix, int64_t rows, int64_t columns) {
  const auto words = columns * static_cast<int64_t>(sizeof(Element)) / 4;
  Buffer<Element> transposed(rows * columns);
  transposeWords(matrix.words(), words, rows, words, transposed.words());
  return transposed;
}

/// [rows, columns], in rows of `stride` elements, to [columns, rows].
template <typename Element>
Buffer<Element> transpose(const Element* matrix, int64_t stride, int64_t rows, int64_t columns) {
  Buffer<Element> transposed(rows * columns);
  if constexpr (std::is_same_v<Element, float>) {
    transposeWords(reinterpret_cast<const uint32_t*>(matrix), stride, rows, columns, transposed.words());
  } else {
    // Pairs of rows are words, whose transpose has them one after the other.
    const Buffer<Element> pairs(rows * columns);
    pairRows(matrix, stride, rows, columns, pairs);
    transposeWords(pairs.words(), columns, rows / 2, columns, transposed.words());
  }
  return transposed;
}

}  // namespace qa
