// The gradients of a linear layer's weight and bias in panels.
#pragma once

#include <ATen/core/Tensor.h>

namespace qa {

/// gᵀ x into `weight`, [out, in], and the sum of g's rows added to `bias`, [out], both float32, on all of LibTorch's threads, where
/// there are panels: g is [tokens, out] and x [tokens, in], both contiguous, of float32 or bfloat16. Returns whether there are.
bool panelGradient(const at::Tensor& grad, const at::Tensor& input, at::Tensor weight, at::Tensor bias);

}  // namespace qa
