#pragma once

#include <ATen/core/Tensor.h>

namespace qa {

/// `at::dropout` with its bits and draws; faster for float32 on the CPU.
at::Tensor dropout(const at::Tensor& input, double p, bool train);

/// What it multiplies the elements by that it keeps, with LibTorch's rounding.
float dropoutScale(double p);

/// Multiplies `count` elements by `scale` where `mask` is not 0, else by 0; output may be input.
void applyDropoutMask(const float* input, const uint8_t* mask, float scale, float* output, int64_t count);

}  // namespace qa
