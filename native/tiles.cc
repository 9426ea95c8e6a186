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

namespace {

#if defined(__GNUC__) && !defined(__clang__)
/// A row of a square of `kSide` x `kSide` words.
template <int kSide>
struct Row;
template <>
struct Row<8> {
  uint32_t words __attribute__((vector_size(32)));
};
template <>
struct Row<16> {
  uint32_t words __attribute__((vector_size(64)));
};

/// One of the rounds of a square's transpose: of each four squares of `kSize` that make up one, the two beside the diagonal
/// change places.
template <uint32_t kSize, int kSide>
inline __attribute__((always_inline)) void swapSquares(Row<kSide> (&rows)[kSide]) {
  decltype(Row<kSide>::words) upper, lower;
  for (uint32_t i = 0; i < kSide; ++i) {
    upper[i] = (i & kSize) != 0 ? kSide + i - kSize : i;
    lower[i] = (i & kSize) != 0 ? kSide + i : i + kSize;
  }
  for (uint32_t i = 0; i < kSide; ++i) {
    if ((i & kSize) != 0) continue;
    const auto first = rows[i].words, second = rows[i + kSize].words;
    rows[i].words = __builtin_shuffle(first, second, upper);
    rows[i + kSize].words = __builtin_shuffle(first, second, lower);
  }
}

template <int kSide>
inline __attribute__((always_inline)) void transposeSquare(const uint32_t* input, int64_t stride, uint32_t* output, int64_t rows) {
  Row<kSide> square[kSide];
  for (int i = 0; i < kSide; ++i) std::memcpy(&square[i], input + i * stride, sizeof(square[i]));
  swapSquares<1>(square);
  swapSquares<2>(square);
  swapSquares<4>(square);
  if constexpr (kSide == 16) swapSquares<8>(square);
  for (int i = 0; i < kSide; ++i) std::memcpy(output + i * rows, &square[i], sizeof(square[i]));
}
#else
template <int kSide>
inline void transposeSquare(const uint32_t* input, int64_t stride, uint32_t* output, int64_t rows) {
  for (int64_t i = 0; i < kSide; ++i) {
    for (int64_t j = 0; j < kSide; ++j) output[i * rows + j] = input[j * stride + i];
  }
}
#endif

template <int kSide>
QA_VECTORIZE void transposeBySquares(const uint32_t* input, int64_t stride, int64_t rows, int64_t words, uint32_t* output) {
  for (int64_t row = 0; row < rows; row += kSide) {
    for (int64_t word = 0; word < words; word += kSide) {
      transposeSquare<kSide>(input + row * stride + word, stride, output + word * rows + row, rows);
    }
  }
}

/// Whether a register has 16 words: in squares wider than its registers a processor moves word by word.
bool hasWideRegisters() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx512f") != 0;
#else
  return false;
#endif
}

}  // namespace

void transposeWords(const uint32_t* input, int64_t stride, int64_t rows, int64_t words, uint32_t* output) {
  static const auto transpose = hasWideRegisters() ? transposeBySquares<16> : transposeBySquares<8>;
  transpose(input, stride, rows, words, output);
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
