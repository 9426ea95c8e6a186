// Bulk draws from LibTorch's CPU generator: the same numbers, in the same order, many times faster.
#pragma once

#include <ATen/core/Generator.h>

namespace qa {

/// Sets mask[i] to 1 with probability `keep`, else to 0, as `tensor.bernoulli_(keep, generator)` fills a tensor.
void bernoulliMask(uint8_t* mask, int64_t count, double keep, at::Generator generator);

}  // namespace qa
