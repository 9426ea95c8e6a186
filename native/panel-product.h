// Products of float32 matrices for processors with AVX2 and without AVX-512: there oneDNN reaches four fifths of what these do,
// and half where rows lie far apart. The right factor is copied first, into panels of as many columns as a core's registers
// have room for, so that its memory is read from end to end.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace qa {

/// Whether this processor is such a one.
bool multipliesInPanels();

/// a b + bias on all of LibTorch's threads: a [rows, depth] contiguous, b [depth, columns] with any strides, bias [columns].
at::Tensor panelProduct(const at::Tensor& a, const at::Tensor& b, const std::optional<at::Tensor>& bias);

/// C = A B, or with `add` C += A B, on the calling thread: A [m, k], B [k, n], C [m, n] in rows of `lda`, `ldb` and `ldc` elements.
void panelProduct(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb, float* c, int64_t ldc,
                  bool add);

}  // namespace qa
