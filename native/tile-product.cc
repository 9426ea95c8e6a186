#include "tile-product.h"

#include <ATen/native/CPUBlas.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Exception.h>

#include <array>

namespace qa {
namespace cpublas = at::native::cpublas;

bool multipliesBfloat16() {
  static const bool does = [] {
    std::array<uint16_t, 1024> matrix{};
    std::array<float, 1024> product;
    try {
      tileProduct(32, 32, 32, matrix.data(), 32, matrix.data(), 32, product.data(), 32);
    } catch (const c10::Error&) {
      return false;
    }
    endTileProducts();
    return true;
  }();
  return does;
}

void tileProduct(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb, float* c, int64_t ldc) {
  cpublas::brgemm(m, n, k, lda, ldb, ldc, false, a, b, c, false);
}

void tileProduct(int64_t m, int64_t n, int64_t k, const uint16_t* a, int64_t lda, const uint16_t* b, int64_t ldb, float* c, int64_t ldc) {
  cpublas::brgemm(m, n, k, lda, ldb, ldc, false, reinterpret_cast<const at::BFloat16*>(a),
                  reinterpret_cast<const at::BFloat16*>(b), c, true);
}

void endTileProducts() { cpublas::brgemm_release(true); }

}  // namespace qa
