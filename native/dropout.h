#pragma once

#include <ATen/core/Tensor.h>

namespace qa {

/// `at::dropout` with its bits and draws; faster for float32 on the CPU.
at::Tensor dropout(const at::Tensor& input, double p, bool train);

}  // namespace qa
