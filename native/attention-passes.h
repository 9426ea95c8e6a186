// What attention does to a head's matrices between its products. Matrices are row-major without gaps, of float32 or
// bfloat16 (its bits), and padded with zeros: rows and columns come in multiples of kTile.
#pragma once

#include <cstdint>

#include "row-dropout.h"

namespace qa {

constexpr int64_t kTile = 32;

constexpr int64_t padded(int64_t count) { return (count + kTile - 1) / kTile * kTile; }

/// Copies [rows, width] out of a matrix with rows of `stride` elements, padded.
template <typename Stored, typename Element>
void gather(const Stored* input, int64_t stride, int64_t rows, int64_t width, Element* output);

/// Copies [rows, width] of a padded matrix into one with rows of `stride` elements.
template <typename Stored>
void scatter(const float* input, int64_t rows, int64_t width, Stored* output, int64_t stride);

/// [rows, words] of 32 bits to [words, rows].
void transposeWords(const uint32_t* input, int64_t rows, int64_t words, uint32_t* output);

/// A matrix as the right factor of a product: bfloat16 with each two rows side by side, [rows / 2, width] pairs; float32
/// as it is.
void pairRows(const float* input, int64_t rows, int64_t width, float* output);
void pairRows(const uint16_t* input, int64_t rows, int64_t width, uint16_t* output);

/// softmax(scale * scores) over the first `length` of each row's columns; `scores` is overwritten. `kept` is its dropout,
/// `probabilities`, where asked for, what it was before that, with the sign of those that were dropped turned.
template <typename Element>
void softmaxRows(float* scores, int64_t rows, int64_t length, float scale, const RowDropout& dropout, Element* probabilities,
                 Element* kept);

/// From `probabilities` and the gradient of `kept`: that of the scores before they were scaled, and `kept` again.
template <typename Element>
void softmaxGradient(const Element* probabilities, float* keptGrad, int64_t rows, int64_t width, float scale, float dropoutScale,
                     Element* scoreGrad, Element* kept);

}  // namespace qa
