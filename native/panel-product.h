// A product of float32 matrices in panels.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace qa {

/// a b + bias on all of LibTorch's threads: a [rows, depth] contiguous, b [depth, columns] with any strides, bias [columns].
at::Tensor panelProduct(const at::Tensor& a, const at::Tensor& b, const std::optional<at::Tensor>& bias);

}  // namespace qa
