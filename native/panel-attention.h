// One head of packed attention by products in panels (panels.h), 32 queries at a time, so that scores never leave a core's cache.
// Queries, keys, values and gradients are read and written where they are.
#pragma once

#include "attention-heads.h"
#include "fast-mask.h"
#include "panels.h"

namespace qa {

/// As attendInTiles.
template <typename Panels, typename Stored>
void attendInPanels(const Head& head, const Projected<const Stored>& projected, const FastMask& mask, ElementOf<Panels>* probabilities,
                    Stored* output);

/// As attendInTilesBackward.
template <typename Panels, typename Stored>
void attendInPanelsBackward(const Head& head, const Projected<const Stored>& projected, const Stored* outputGrad,
                            const ElementOf<Panels>* probabilities, float dropoutScale, const Projected<Stored>& projectedGrad);

}  // namespace qa
