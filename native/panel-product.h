// A product of matrices in panels.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace qa {

/// Whether panelProduct computes products of these, of numbers that are not widened for it: of pairs there are no halves.
bool hasPanelProduct(const at::Tensor& a);

/// b in panels: [panels, depth, columns of a panel], for any number of products. b is [depth, columns] with any strides, of float32 or
/// bfloat16, as hasPanelProduct has it for a.
at::Tensor toPanels(const at::Tensor& b);

/// a b + bias in a's type on all of LibTorch's threads: a [rows, depth] contiguous, b of so many columns in panels, of a's type; bias
/// [columns], float32.
at::Tensor panelProduct(const at::Tensor& a, const at::Tensor& panels, int64_t columns, const std::optional<at::Tensor>& bias);

}  // namespace qa
