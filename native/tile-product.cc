#include "tile-product.h"

#include <ATen/native/CPUBlas.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>

namespace qa {
namespace cpublas = at::native::cpublas;

namespace {

/// Whether oneDNN has a product of this type on this processor.
template <typename Element, typename Multiply>
bool canMultiply(Multiply multiply) {
  std::array<Element, 1024> matrix{};
  std::array<float, 1024> product;
  try {
    multiply(matrix.data(), product.data());
  } catch (const c10::Error&) {
    return false;
  }
  endTileProducts();
  return true;
}

/// Anywhere.
void plainProduct(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb, float* c, int64_t ldc, bool add) {
  for (int64_t row = 0; row < m; ++row) {
    auto* const sums = c + row * ldc;
    if (!add) std::fill_n(sums, n, 0.0F);
    for (int64_t i = 0; i < k; ++i) {
      for (int64_t column = 0; column < n; ++column) sums[column] += a[row * lda + i] * b[i * ldb + column];
    }
  }
}

}  // namespace

bool multipliesBfloat16() {
  static const bool does = canMultiply<uint16_t>(
      [](const uint16_t* matrix, float* product) { tileProduct(32, 32, 32, matrix, 32, matrix, 32, product, 32); });
  return does;
}

void tileProduct(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb, float* c, int64_t ldc,
                 bool add) {
  static const bool oneDnn = canMultiply<float>([](const float* matrix, float* product) {
    cpublas::brgemm(32, 32, 32, 32, 32, 32, false, matrix, matrix, product, false);
  });
  if (oneDnn) cpublas::brgemm(m, n, k, lda, ldb, ldc, add, a, b, c, false);
  else plainProduct(m, n, k, a, lda, b, ldb, c, ldc, add);
}

void tileProduct(int64_t m, int64_t n, int64_t k, const uint16_t* a, int64_t lda, const uint16_t* b, int64_t ldb, float* c, int64_t ldc,
                 bool add) {
  cpublas::brgemm(m, n, k, lda, ldb, ldc, add, reinterpret_cast<const at::BFloat16*>(a),
                  reinterpret_cast<const at::BFloat16*>(b), c, true);
}

void endTileProducts() { cpublas::brgemm_release(true); }

}  // namespace qa
