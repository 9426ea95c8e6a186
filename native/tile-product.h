// Products of matrices small enough for a core's cache, on the calling thread: oneDNN's, without what a tensor costs;
// or plain loops where there are none.
#pragma once

#include <c10/core/ScalarType.h>

#include <cstdint>

namespace qa {

/// Whether the processor multiplies bfloat16; where it does not, float32 takes its place.
bool multipliesBfloat16();

/// Calls `compute` with zeros of the types in which tensors are stored and products computed.
template <typename Compute>
void withTypes(c10::ScalarType stored, Compute compute) {
  if (stored == c10::kFloat) return compute(float{}, float{});
  if (multipliesBfloat16()) return compute(uint16_t{}, uint16_t{});
  return compute(uint16_t{}, float{});
}

/// C = A B, or with `add` C += A B: A [m, k], C [m, n] in rows of `lda` and `ldc` elements. B is [k, n] as pairRows leaves it:
/// bfloat16 has two rows side by side in each 32-bit word. Each (m, n, k) has machine code of its own: use few of them.
void tileProduct(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb, float* c, int64_t ldc,
                 bool add = false);
void tileProduct(int64_t m, int64_t n, int64_t k, const uint16_t* a, int64_t lda, const uint16_t* b, int64_t ldb, float* c, int64_t ldc,
                 bool add = false);

/// Gives back what the thread's products set up in the processor.
void endTileProducts();

}  // namespace qa
