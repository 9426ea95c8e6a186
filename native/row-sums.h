// Sums over rows, for the CPU.
#pragma once

#include <cstdint>

namespace qa {

/// Adds `count` rows of float32 or bfloat16 (its bits), [count, width] in rows of `stride` elements, to `sums`, [width].
template <typename Stored>
void addRows(const Stored* rows, int64_t stride, int64_t count, int64_t width, float* sums);

}  // namespace qa
