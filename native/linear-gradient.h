// The gradients of a linear layer's weight and bias, for the CPU.
#pragma once

#include <ATen/core/Tensor.h>

namespace qa {

struct LinearGradient {
  at::Tensor weight, bias;
};

/// gᵀ x, [out, in], and the sum of g's rows, [out], both float32, from `grad` g, [N, out], and `input` x, [N, in], both of
/// float32 or bfloat16. Neither is copied transposed as a whole, nor are sums rounded to bfloat16.
LinearGradient linearGradient(const at::Tensor& grad, const at::Tensor& input);

}  // namespace qa
