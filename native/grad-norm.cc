// The joint norm of all gradients for --fast on the CPU: one pass of all threads. Python's is a norm of norms, of which
// LibTorch takes each on its own.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "binding.h"
#include "lanes.h"
#include "parallel.h"
#include "row-gradient.h"
#include "vectorize.h"

namespace qa {
namespace {

using at::Tensor;

struct Piece {
  const float* first;
  int64_t count;
};

/// Numbers that are summed together.
constexpr int64_t kPiece = 1 << 14;

QA_VECTORIZE double sumOfSquares(const float* numbers, int64_t count) {
  return sumUpTo<double>(count, [=](int64_t i) { return numbers[i] * numbers[i]; });
}

/// A float32 scalar. The same for any number of threads.
Tensor jointNorm(std::vector<Tensor> tensors) {
  std::vector<Piece> pieces;
  for (auto& tensor : tensors) {
    tensor = (tensor.is_sparse() ? RowGradient::of(tensor).values : tensor).to(at::kCPU, at::kFloat).contiguous();
    const auto* numbers = tensor.const_data_ptr<float>();
    for (int64_t start = 0; start < tensor.numel(); start += kPiece) {
      pieces.push_back({numbers + start, std::min(kPiece, tensor.numel() - start)});
    }
  }
  std::vector<double> sums(pieces.size());
  parallelFor(static_cast<int64_t>(pieces.size()), 4, [&](int64_t begin, int64_t end) {
    std::transform(pieces.begin() + begin, pieces.begin() + end, sums.begin() + begin,
                   [](const Piece& piece) { return sumOfSquares(piece.first, piece.count); });
  });
  return at::scalar_tensor(std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0)), at::kFloat);
}

}  // namespace

void defineGradNorm(Napi::Object& exports) { define(exports, "jointNorm", jointNorm); }

}  // namespace qa
