// One head of packed attention by oneDNN's products of small matrices, 32 queries at a time, so that scores never leave a core's
// cache. A head's rows are padded to multiples of 32, since oneDNN makes machine code for each new size of a product, which takes
// longer than such a product.
#pragma once

#include "attention-heads.h"
#include "fast-mask.h"

namespace qa {

/// dropout(softmax(Q Kᵀ / sqrt(d))) V into the head's columns of `output`. `probabilities`, which may be null, gets what the gradients
/// need.
template <typename Stored, typename Element>
void attendInTiles(const Head& head, const Projected<const Stored>& projected, const FastMask& mask, Element* probabilities,
                   Stored* output);

/// The gradients of the head's columns.
template <typename Stored, typename Element>
void attendInTilesBackward(const Head& head, const Projected<const Stored>& projected, const Stored* outputGrad,
                           const Element* probabilities, float dropoutScale, const Projected<Stored>& projectedGrad);

}  // namespace qa
