// What attention does to a head's matrices, as tiles.h has them, between its products.
#pragma once

#include <cstdint>

#include "row-dropout.h"

namespace qa {

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
