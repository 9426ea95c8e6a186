#include "tiles.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "numbers.h"
#include "vectorize.h"

namespace qa {

template <typename Stored, typename Element>
QA_VECTORIZE void gather(const Stored* input, int64_t stride, int64_t rows, int64_t width, Element* output) {
  const auto outWidth = padded(width);
  for (int64_t row = 0; row < rows; ++row, input += stride, output += outWidth) {
    if constexpr (std::is_same_v<Stored, Element>) {
      std::copy(input, input + width, output);
    } else {
      for (int64_t i = 0; i < width; ++i) output[i] = fromFloat<Element>(toFloat(input[i]));
    }
    std::fill(output + width, output + outWidth, Element{0});
  }
  std::fill(output, output + (padded(rows) - rows) * outWidth, Element{0});
}

template <typename Stored>
QA_VECTORIZE void scatter(const float* input, int64_t rows, int64_t width, Stored* output, int64_t stride) {
  for (int64_t row = 0; row < rows; ++row, input += padded(width), output += stride) {
    for (int64_t i = 0; i < width; ++i) output[i] = fromFloat<Stored>(input[i]);
  }
}

#if defined(__GNUC__) && !defined(__clang__)
/// A row of a square of 16 x 16 words.
using Words = uint32_t __attribute__((vector_size(64)));
constexpr int kSide = 16;

/// One of the rounds of a square's transpose: of each four squares of `kSize` that make up one, the two beside the diagonal
/// change places.
template <uint32_t kSize>
inline __attribute__((always_inline)) void swapSquares(Words (&rows)[kSide]) {
  Words upper, lower;
  for (uint32_t i = 0; i < kSide; ++i) {
    upper[i] = (i & kSize) != 0 ? kSide + i - kSize : i;
    lower[i] = (i & kSize) != 0 ? kSide + i : i + kSize;
  }
  for (uint32_t i = 0; i < kSide; ++i) {
    if ((i & kSize) != 0) continue;
    const auto first = rows[i], second = rows[i + kSize];
    rows[i] = __builtin_shuffle(first, second, upper);
    rows[i + kSize] = __builtin_shuffle(first, second, lower);
  }
}

inline __attribute__((always_inline)) void transposeSquare(const uint32_t* input, int64_t stride, uint32_t* output, int64_t rows) {
  Words square[kSide];
  for (int i = 0; i < kSide; ++i) std::memcpy(&square[i], input + i * stride, sizeof(Words));
  swapSquares<1>(square);
  swapSquares<2>(square);
  swapSquares<4>(square);
  swapSquares<8>(square);
  for (int i = 0; i < kSide; ++i) std::memcpy(output + i * rows, &square[i], sizeof(Words));
}
#else
constexpr int kSide = 16;

inline void transposeSquare(const uint32_t* input, int64_t stride, uint32_t* output, int64_t rows) {
  for (int64_t i = 0; i < kSide; ++i) {
    for (int64_t j = 0; j < kSide; ++j) output[i * rows + j] = input[j * stride + i];
  }
}
#endif

QA_VECTORIZE void transposeWords(const uint32_t* input, int64_t stride, int64_t rows, int64_t words, uint32_t* output) {
  for (int64_t row = 0; row < rows; row += kSide) {
    for (int64_t word = 0; word < words; word += kSide) {
      transposeSquare(input + row * stride + word, stride, output + word * rows + row, rows);
    }
  }
}

QA_VECTORIZE void pairRows(const uint16_t* input, int64_t stride, int64_t rows, int64_t width, uint16_t* output) {
  for (int64_t row = 0; row < rows; row += 2, input += 2 * stride, output += 2 * width) {
    for (int64_t i = 0; i < width; ++i) {
      output[2 * i] = input[i];
      output[2 * i + 1] = input[stride + i];
    }
  }
}

template void gather(const float*, int64_t, int64_t, int64_t, float*);
template void gather(const uint16_t*, int64_t, int64_t, int64_t, float*);
template void gather(const uint16_t*, int64_t, int64_t, int64_t, uint16_t*);
template void scatter(const float*, int64_t, int64_t, float*, int64_t);
template void scatter(const float*, int64_t, int64_t, uint16_t*, int64_t);

}  // namespace qa
