#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace qa {

/// softmax(Q Kᵀ / sqrt(d)) V within each sequence of a packed batch, with dropout of the probabilities, on rows padded to `longest`.
/// The kernel for packed sequences takes no such dropout: its forward pass leaves out which sequence and head it draws for, its
/// backward pass does not (pytorch/pytorch, issue 115590), and so their masks differ.
at::Tensor unpackedAttention(const at::Tensor& projected, const at::Tensor& boundaries, int64_t longest, int64_t heads, double p);

}  // namespace qa
