// The optimizer's arithmetic over all parameters at once; which parameters, which rates and when is TypeScript's.
#include <c10/core/GradMode.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "binding.h"
#include "parallel.h"
#include "vectorize.h"

namespace qa {
namespace {

using at::Tensor;
using Tensors = std::vector<Tensor>;

/// The learning rate with both bias corrections of a parameter's `step`-th update. In C++, because JavaScript's
/// Math.pow may differ from the C library's, which Python uses, in the last bit.
double correctedRate(double lr, int64_t step, double beta1, double beta2) {
  const auto exponent = static_cast<double>(step);
  const auto correction1 = 1.0 - std::pow(beta1, exponent), correction2 = 1.0 - std::pow(beta2, exponent);
  return lr * std::sqrt(correction2) / correction1;
}

/// What one parameter's update needs.
struct Update {
  Tensor param, grad, expAvg, expAvgSq;

  /// Whether its tensors are float32 in main memory, one number after the other.
  bool isFlat() const {
    const auto flat = [](const Tensor& a) { return a.is_cpu() && a.is_contiguous() && a.scalar_type() == at::kFloat; };
    return flat(param) && flat(grad) && flat(expAvg) && flat(expAvgSq);
  }
  Update piece(int64_t start, int64_t size) const {
    const auto part = [&](const Tensor& a) { return a.view(-1).narrow(0, start, size); };
    return {part(param), part(grad), part(expAvg), part(expAvgSq)};
  }
};

/// Whether all numbers are 0, of whatever sign.
QA_VECTORIZE bool areZero(const float* numbers, int64_t size) {
  uint32_t bits = 0;
  for (int64_t i = 0; i < size; ++i) bits |= std::bit_cast<uint32_t>(numbers[i]) << 1;
  return bits == 0;
}

/// One update in one pass, contracting products and sums: other last bits.
QA_VECTORIZE void updateFused(float* param, const float* grad, float gradScale, float* expAvg, float* expAvgSq, int64_t size, float rate,
                              float beta1, float beta2, float eps, float kept) {
  for (int64_t i = 0; i < size; ++i) {
    const auto g = grad[i] * gradScale;
    expAvg[i] = beta1 * expAvg[i] + (1.0F - beta1) * g;
    expAvgSq[i] = beta2 * expAvgSq[i] + (1.0F - beta2) * g * g;
    param[i] = (param[i] - rate * expAvg[i] / (std::sqrt(expAvgSq[i]) + eps)) * kept;
  }
}

/// Elements that are left alone together: rows of an embedding that no gradient has ever touched, mostly.
constexpr int64_t kRun = 256;

/// The same, without writing what the update would leave as it is.
void updateTouched(float* param, const float* grad, float gradScale, float* expAvg, float* expAvgSq, int64_t size, float rate,
                   float beta1, float beta2, float eps, float kept) {
  for (int64_t i = 0; i < size; i += kRun) {
    const auto run = std::min(kRun, size - i);
    if (kept == 1 && areZero(grad + i, run) && areZero(expAvg + i, run) && areZero(expAvgSq + i, run)) continue;
    updateFused(param + i, grad + i, gradScale, expAvg + i, expAvgSq + i, run, rate, beta1, beta2, eps, kept);
  }
}

/// transformers' AdamW (4.46.3), in three ways. Unlike torch.optim.AdamW it adds eps to sqrt(v) before the bias correction,
/// which it puts into the step size `rate`, and decays the weights after the update.
struct Arithmetic {
  double lr, beta1, beta2, eps, weightDecay;

  /// Operation by operation, with Python's bits.
  void plain(const Update& a, double rate) const {
    a.expAvg.mul_(beta1).add_(a.grad, 1.0 - beta1);
    a.expAvgSq.mul_(beta2).addcmul_(a.grad, a.grad, 1.0 - beta2);
    const auto denominator = a.expAvgSq.sqrt().add_(eps);
    a.param.addcdiv_(a.expAvg, denominator, -rate);
    if (weightDecay > 0.0) a.param.add_(a.param, -lr * weightDecay);
  }

  /// In one pass over memory, of gradients times `gradScale`.
  void fused(const Update& a, double rate, double gradScale) const {
    const auto real = [](double value) { return static_cast<float>(value); };
    updateTouched(a.param.mutable_data_ptr<float>(), a.grad.const_data_ptr<float>(), real(gradScale), a.expAvg.mutable_data_ptr<float>(),
                  a.expAvgSq.mutable_data_ptr<float>(), a.param.numel(), real(rate), real(beta1), real(beta2), real(eps),
                  real(1.0 - lr * weightDecay));
  }

  /// `plain` for many parameters at a time: on a GPU a few kernels where there were seven a parameter.
  void foreach(const std::vector<Update>& updates, const std::vector<double>& rates) const {
    Tensors params, grads, expAvgs, expAvgSqs;
    for (const auto& update : updates) {
      params.push_back(update.param);
      grads.push_back(update.grad);
      expAvgs.push_back(update.expAvg);
      expAvgSqs.push_back(update.expAvgSq);
    }
    std::vector<at::Scalar> factors;
    for (const auto rate : rates) factors.emplace_back(-rate);
    at::_foreach_mul_(expAvgs, beta1);
    at::_foreach_add_(expAvgs, grads, 1.0 - beta1);
    at::_foreach_mul_(expAvgSqs, beta2);
    at::_foreach_addcmul_(expAvgSqs, grads, grads, 1.0 - beta2);
    const auto denominators = at::_foreach_sqrt(expAvgSqs);
    at::_foreach_add_(denominators, eps);
    at::_foreach_addcdiv_(params, expAvgs, denominators, factors);
    if (weightDecay > 0.0) at::_foreach_add_(params, params, -lr * weightDecay);
  }
};

/// Elements that are updated at a time: their four tensors stay in a core's cache from the first operation to the last.
constexpr int64_t kPiece = 1 << 14;

/// One step, of gradients times `gradScale`; `steps` counts each parameter's own updates. `fused` is for float32 on the CPU, and
/// left alone elsewhere.
void adamW(Tensors params, Tensors grads, Tensors expAvgs, Tensors expAvgSqs, std::vector<int64_t> steps, double lr, double beta1,
           double beta2, double eps, double weightDecay, bool correctBias, double gradScale, bool fused) {
  const Arithmetic arithmetic{lr, beta1, beta2, eps, weightDecay};
  const c10::NoGradGuard noGrad;
  std::vector<Update> others;
  std::vector<double> rates;
  for (size_t index = 0; index < params.size(); ++index) {
    const auto rate = correctBias ? correctedRate(lr, steps[index], beta1, beta2) : lr;
    Update update{params[index], grads[index], expAvgs[index], expAvgSqs[index]};
    const auto flat = update.isFlat(), inOnePass = fused && flat;
    if (gradScale != 1 && !inOnePass) update.grad = update.grad * gradScale;
    if (!flat) {
      others.push_back(update);
      rates.push_back(rate);
      continue;
    }
    parallelPieces(update.param.numel(), kPiece, 2, [&](int64_t begin, int64_t end) {
      const c10::NoGradGuard noGradHere;
      for (auto start = begin; start < end; start += kPiece) {
        const auto piece = update.piece(start, std::min(kPiece, end - start));
        if (inOnePass) arithmetic.fused(piece, rate, gradScale);
        else arithmetic.plain(piece, rate);
      }
    });
  }
  if (!others.empty()) arithmetic.foreach(others, rates);
}

}  // namespace

void defineOptim(Napi::Object& exports) {
  define(exports, "adamW", adamW);
  // For the schedule: JavaScript's Math.cos may differ from the C library's, which Python uses, in the last bit.
  define(exports, "cosine", [](double x) { return std::cos(x); });
}

}  // namespace qa
