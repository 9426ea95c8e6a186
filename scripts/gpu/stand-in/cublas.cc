// The stand-in's libcublas and libcublasLt: products are noted with all that a kernel would be chosen by, and not computed.
// Enumerations are ints, as in the libraries' interfaces.
#include <cstdint>
#include <cstring>
#include <map>
#include <sstream>

#include "stand-in.h"

namespace {

void* current = nullptr;
int pointerMode = 0, mathMode = 0;

/// Kernels are chosen by how operands lie in memory, too.
unsigned alignment(const void* pointer) { return static_cast<unsigned>(reinterpret_cast<uintptr_t>(pointer) % 256); }

template <typename... Words>
int noted(void* stream, const Words&... words) {
  std::ostringstream text;
  ((text << words << ' '), ...);
  standIn::note(text.str(), stream);
  return 0;
}

struct Layout {
  int type;
  uint64_t rows, columns;
  int64_t leading;
};

std::ostream& operator<<(std::ostream& out, const Layout& layout) {
  return out << layout.rows << 'x' << layout.columns << '/' << layout.leading << " type " << layout.type;
}

using Attributes = std::map<int, uint64_t>;

/// The bias is an attribute of a product, and an address.
constexpr int kBiasPointer = 8;

}  // namespace

extern "C" {

int cublasCreate_v2(void** handle) {
  *handle = new char;
  return 0;
}
int cublasSetStream_v2(void*, void* stream) {
  current = stream;
  return 0;
}
int cublasGetStream_v2(void*, void** stream) {
  *stream = current;
  return 0;
}
int cublasSetPointerMode_v2(void*, int mode) {
  pointerMode = mode;
  return 0;
}
int cublasGetPointerMode_v2(void*, int* mode) {
  *mode = pointerMode;
  return 0;
}
int cublasSetMathMode(void*, int mode) {
  mathMode = mode;
  return 0;
}
int cublasGetMathMode(void*, int* mode) {
  *mode = mathMode;
  return 0;
}

int cublasSgemm_v2(void*, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int lda, const void* b, int ldb,
                   const float* beta, void* c, int ldc) {
  return noted(current, "sgemm", ta, tb, m, n, k, *alpha, *beta, lda, ldb, ldc, alignment(a), alignment(b), alignment(c), mathMode);
}

int cublasGemmEx(void*, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int typeA, int lda, const void* b,
                 int typeB, int ldb, const float* beta, void* c, int typeC, int ldc, int compute, int) {
  return noted(current, "gemm", ta, tb, m, n, k, *alpha, *beta, lda, ldb, ldc, alignment(a), alignment(b), alignment(c), typeA, typeB,
               typeC, compute, mathMode);
}

int cublasSgemmStridedBatched(void*, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int lda, int64_t strideA,
                              const void* b, int ldb, int64_t strideB, const float* beta, void* c, int ldc, int64_t strideC, int count) {
  return noted(current, "batched sgemm", ta, tb, m, n, k, *alpha, *beta, lda, strideA, ldb, strideB, ldc, strideC, count, alignment(a),
               alignment(b), alignment(c), mathMode);
}

int cublasGemmStridedBatchedEx(void*, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int typeA, int lda,
                               int64_t strideA, const void* b, int typeB, int ldb, int64_t strideB, const float* beta, void* c, int typeC,
                               int ldc, int64_t strideC, int count, int compute, int) {
  return noted(current, "batched gemm", ta, tb, m, n, k, *alpha, *beta, lda, strideA, ldb, strideB, ldc, strideC, count, alignment(a),
               alignment(b), alignment(c), typeA, typeB, typeC, compute, mathMode);
}

int cublasSgemv_v2(void*, int transposed, int m, int n) { return noted(current, "sgemv", transposed, m, n); }
int cublasSdot_v2(void*, int n) { return noted(current, "sdot", n); }

int cublasLtMatmulDescCreate(Attributes** descriptor, int compute, int scale) {
  *descriptor = new Attributes{{-1, static_cast<uint64_t>(compute)}, {-2, static_cast<uint64_t>(scale)}};
  return 0;
}
int cublasLtMatmulDescSetAttribute(Attributes* descriptor, int attribute, const void* value, size_t bytes) {
  uint64_t number = 0;
  std::memcpy(&number, value, std::min(bytes, sizeof number));
  (*descriptor)[attribute] = attribute == kBiasPointer ? alignment(reinterpret_cast<void*>(number)) : number;
  return 0;
}
int cublasLtMatmulDescDestroy(Attributes* descriptor) {
  delete descriptor;
  return 0;
}
int cublasLtMatrixLayoutCreate(Layout** layout, int type, uint64_t rows, uint64_t columns, int64_t leading) {
  *layout = new Layout{type, rows, columns, leading};
  return 0;
}
int cublasLtMatrixLayoutDestroy(Layout* layout) {
  delete layout;
  return 0;
}
int cublasLtMatmulAlgoGetHeuristic(void*, void*, void*, void*, void*, void*, void*, int, void*, int* count) {
  *count = 1;
  return 0;
}
int cublasLtMatmul(void*, const Attributes* descriptor, const float*, const void* a, const Layout* layoutA, const void* b,
                   const Layout* layoutB, const float* beta, const void*, const Layout*, void* d, const Layout* layoutD, const void*,
                   void*, size_t workspace, void* stream) {
  std::ostringstream attributes;
  for (const auto& [attribute, value] : *descriptor) attributes << attribute << ':' << value << ' ';
  return noted(stream, "lt matmul", *layoutA, *layoutB, *layoutD, *beta, alignment(a), alignment(b), alignment(d), workspace,
               attributes.str());
}

}  // extern "C"
