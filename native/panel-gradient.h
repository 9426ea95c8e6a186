// The gradients of a linear layer's weight and bias in panels.
#pragma once

#include <cstdint>

namespace qa {

/// gᵀ x into `weight`, [out, in], and the sum of g's rows added to `bias`, [out], on all of LibTorch's threads: g is [tokens, out]
/// and x [tokens, in], both contiguous, of float32 or bfloat16 (its bits).
template <typename Stored>
void panelGradient(const Stored* grad, const Stored* input, int64_t tokens, int64_t out, int64_t in, float* weight, float* bias);

}  // namespace qa
