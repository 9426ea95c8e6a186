// A gradient that a few rows of a matrix have, as torch.nn.Embedding's `sparse=True` gives one: a sparse COO tensor. A batch has some
// thousand of a vocabulary's rows: the others need neither memory nor time.
#pragma once

#include <ATen/core/Tensor.h>

namespace qa {

/// Which rows, int64 [n], ascending and each once, and their numbers, [n, width].
struct RowGradient {
  at::Tensor rows, values;

  /// Of a sparse tensor; rows that are there more than once are summed.
  static RowGradient of(const at::Tensor& sparse);

  /// Of a gradient [tokens, width], float32, by the tokens' rows, int64 [tokens], but for those of `paddingIdx`: each row's summed in
  /// the tokens' order.
  static RowGradient sum(const at::Tensor& tokenRows, const at::Tensor& grad, int64_t paddingIdx);

  /// As the gradient of `count` rows.
  at::Tensor sparse(int64_t count) const;
};

}  // namespace qa
