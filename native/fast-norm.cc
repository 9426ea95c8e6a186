// The end of a transformer's layer with --fast, for the CPU: LayerNorm(dropout(input) + residual), one pass each way over float32 or
// bfloat16 (Ba, Kiros and Hinton 2016, arXiv:1607.06450). Elsewhere PyTorch's operations, one by one.
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "binding.h"
#include "fast-mask.h"
#include "lanes.h"
#include "numbers.h"
#include "parallel.h"
#include "tiles.h"
#include "vectorize.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows whose gradients of weight and bias are summed by one thread, so that these do not depend on which it is.
constexpr int64_t kRows = 16;

/// Of a row's numbers: their mean, and one over their standard deviation.
struct Moments {
  float mean, scale;
};

/// sums = dropout(input) + residual, and output = their norm.
template <typename Element>
QA_VECTORIZE Moments normRow(const Element* __restrict input, const Element* __restrict residual, int64_t width, RowDropout dropout,
                             const float* __restrict weight, const float* __restrict bias, float eps, float* __restrict sums,
                             Element* __restrict output) {
  if (dropout.numbers == nullptr) {
    for (int64_t i = 0; i < width; ++i) sums[i] = toFloat(input[i]) + toFloat(residual[i]);
  } else {
    for (int64_t i = 0; i < width; ++i) {
      sums[i] = (dropout.numbers[i] < dropout.keep ? toFloat(input[i]) * dropout.scale : 0.0F) + toFloat(residual[i]);
    }
  }
  const auto count = static_cast<float>(width);
  const auto mean = sumUpTo(width, [=](int64_t i) { return sums[i]; }) / count;
  const auto variance = sumUpTo(width, [=](int64_t i) { return (sums[i] - mean) * (sums[i] - mean); }) / count;
  const auto scale = 1.0F / std::sqrt(variance + eps);
  for (int64_t i = 0; i < width; ++i) output[i] = fromFloat<Element>((sums[i] - mean) * scale * weight[i] + bias[i]);
  return {mean, scale};
}

template <typename Element>
QA_VECTORIZE void storeRow(const float* __restrict numbers, int64_t width, Element* __restrict output) {
  for (int64_t i = 0; i < width; ++i) output[i] = fromFloat<Element>(numbers[i]);
}

template <typename Element>
QA_VECTORIZE void storeDropped(const float* __restrict numbers, int64_t width, RowDropout dropout, Element* __restrict output) {
  for (int64_t i = 0; i < width; ++i) output[i] = fromFloat<Element>(dropout.numbers[i] < dropout.keep ? numbers[i] * dropout.scale : 0.0F);
}

/// The gradient of a row's sums into `sumGrad`, those of weight and bias added to what is there. `normed` is scratch.
template <typename Element>
QA_VECTORIZE void normRowGradient(const Element* __restrict sums, const Element* __restrict outputGrad, int64_t width, Moments moments,
                                  const float* __restrict weight, float* __restrict normed, float* __restrict weightGrad,
                                  float* __restrict biasGrad, float* __restrict sumGrad) {
  for (int64_t i = 0; i < width; ++i) {
    const auto grad = toFloat(outputGrad[i]);
    normed[i] = (toFloat(sums[i]) - moments.mean) * moments.scale;
    weightGrad[i] += grad * normed[i];
    biasGrad[i] += grad;
    sumGrad[i] = grad * weight[i];
  }
  const auto count = static_cast<float>(width);
  const auto mean = sumUpTo(width, [=](int64_t i) { return sumGrad[i]; }) / count;
  const auto along = sumUpTo(width, [=](int64_t i) { return sumGrad[i] * normed[i]; }) / count;
  for (int64_t i = 0; i < width; ++i) sumGrad[i] = (sumGrad[i] - mean - normed[i] * along) * moments.scale;
}

/// Calls compute(row, dropout, scratch) for each row, on all threads, with room for two rows' float32. Each kRows rows have blocks of the
/// mask to themselves.
template <typename Compute>
void forRows(const FastMask& mask, int64_t rows, int64_t width, Compute compute) {
  const auto blocks = FastMask::blocks(kRows * width);
  parallelPieces(rows, kRows, 1, [&](int64_t begin, int64_t end) {
    const Buffer<uint16_t> numbers(FastMask::count(blocks));
    const Buffer<float> scratch(2 * width);
    RowDropout dropout{};
    for (auto row = begin; row < end; ++row) {
      if (row % kRows == 0) dropout = mask.rows(row / kRows * blocks, blocks, numbers);
      compute(row, dropout, scratch);
      if (dropout.numbers != nullptr) dropout.numbers += width;
    }
  });
}

template <typename Element>
Element* rowOf(const Tensor& tensor, int64_t row) {
  return static_cast<Element*>(tensor.mutable_data_ptr()) + row * tensor.size(-1);
}

/// Of rows: [rows, 2] float32.
Moments* momentsOf(const Tensor& tensor) { return static_cast<Moments*>(tensor.mutable_data_ptr()); }

/// A forward pass's operands and what it writes, [rows, width] each; of what only gradients need, `sums` and `moments` (a pair a row),
/// nothing where they are undefined.
struct Forward {
  Tensor input, residual, weight, bias, output, sums, moments;
  FastMask mask;
  double eps;
};

template <typename Element>
void normRows(const Forward& pass) {
  const auto width = pass.input.size(1);
  const auto *weight = pass.weight.const_data_ptr<float>(), *bias = pass.bias.const_data_ptr<float>();
  forRows(pass.mask, pass.input.size(0), width, [&](int64_t row, const RowDropout& dropout, float* sums) {
    const auto moments = normRow<Element>(rowOf<Element>(pass.input, row), rowOf<Element>(pass.residual, row), width, dropout, weight, bias,
                                          static_cast<float>(pass.eps), sums, rowOf<Element>(pass.output, row));
    if (!pass.sums.defined()) return;
    storeRow<Element>(sums, width, rowOf<Element>(pass.sums, row));
    momentsOf(pass.moments)[row] = moments;
  });
}

/// The same of a backward pass. `inputGrad` is `residualGrad` itself where nothing is dropped; `partial` has a row of gradients of
/// weight and bias for each kRows rows.
struct Backward {
  Tensor outputGrad, sums, moments, weight, inputGrad, residualGrad, partial;
  FastMask mask;
};

template <typename Element>
void normRowsGradient(const Backward& pass) {
  const auto width = pass.sums.size(1);
  const auto* weight = pass.weight.const_data_ptr<float>();
  forRows(pass.mask, pass.sums.size(0), width, [&](int64_t row, const RowDropout& dropout, float* scratch) {
    auto *const normed = scratch, *const sumGrad = scratch + width, *const partial = rowOf<float>(pass.partial, row / kRows);
    normRowGradient<Element>(rowOf<Element>(pass.sums, row), rowOf<Element>(pass.outputGrad, row), width, momentsOf(pass.moments)[row],
                             weight, normed, partial, partial + width, sumGrad);
    storeRow<Element>(sumGrad, width, rowOf<Element>(pass.residualGrad, row));
    if (pass.mask.drops()) storeDropped<Element>(sumGrad, width, dropout, rowOf<Element>(pass.inputGrad, row));
  });
}

/// Of rows, [rows, width], contiguous.
struct ResidualNorm : torch::autograd::Function<ResidualNorm> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& residual, const Tensor& weight, const Tensor& bias,
                        double eps, double p) {
    Forward pass{input, residual, weight, bias, at::empty_like(input), {}, {}, FastMask::draw(p), eps};
    if (context != nullptr) {
      pass.sums = at::empty_like(input);
      pass.moments = at::empty({input.size(0), 2}, at::kFloat);
      context->save_for_backward({pass.sums, pass.moments, weight});
      context->saved_data["mask"] = pass.mask.saved();
    }
    withElement(input.scalar_type(), [&](auto zero) { normRows<decltype(zero)>(pass); });
    return pass.output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &sums = saved[0], &moments = saved[1], &weight = saved[2];
    const FastMask mask(context->saved_data["mask"]);
    const auto residualGrad = at::empty_like(sums), inputGrad = mask.drops() ? at::empty_like(sums) : residualGrad;
    const auto partial = at::zeros({(sums.size(0) + kRows - 1) / kRows, 2 * sums.size(1)}, at::kFloat);
    const Backward pass{gradients[0].contiguous(), sums, moments, weight, inputGrad, residualGrad, partial, mask};
    withElement(sums.scalar_type(), [&](auto zero) { normRowsGradient<decltype(zero)>(pass); });
    const auto parameterGrads = partial.sum(0).view({2, -1});
    return {inputGrad, residualGrad, parameterGrads[0], parameterGrads[1], Tensor(), Tensor()};
  }
};

bool isOurs(const Tensor& input, const Tensor& residual, const Tensor& weight, double p) {
  return input.is_cpu() && isFloatOrBfloat16(input.scalar_type()) && residual.scalar_type() == input.scalar_type() &&
         residual.sizes() == input.sizes() && weight.scalar_type() == at::kFloat && input.dim() == 2 &&
         input.size(1) == weight.numel() && p >= 0 && p < 1;
}

/// LayerNorm over the last dimension of dropout(input, p) + residual.
Tensor fastResidualNorm(const Tensor& input, const Tensor& residual, const Tensor& weight, const Tensor& bias, double eps, double p) {
  if (!isOurs(input, residual, weight, p)) {
    return at::layer_norm((p == 0 ? input : at::dropout(input, p, true)).add(residual), weight.sizes(), weight, bias, eps);
  }
  const auto left = input.contiguous(), right = residual.contiguous();
  if (!at::GradMode::is_enabled()) return ResidualNorm::forward(nullptr, left, right, weight, bias, eps, p);
  return ResidualNorm::apply(left, right, weight, bias, eps, p);
}

}  // namespace

void defineFastNorm(Napi::Object& exports) { define(exports, "fastResidualNorm", fastResidualNorm); }

}  // namespace qa
