#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "unpack.h"

namespace qa {

/// softmax(Q Kᵀ / sqrt(d)) V within each sequence of a packed batch, with dropout of the probabilities, on padded rows: `bias`
/// [sequences, longest], of the type of `projected`, is added to the scores of the keys there.
/// The memory-efficient kernel for packed sequences takes no such dropout: its forward pass leaves out which sequence and head it
/// draws for, its backward pass does not (pytorch/pytorch, issue 115590), and so their masks differ.
at::Tensor unpackedAttention(const at::Tensor& projected, const Places& places, const at::Tensor& bias, int64_t heads, double p);

}  // namespace qa
