// The optimizer's arithmetic over all parameters at once; which parameters, which rates and when is TypeScript's.
#include <c10/core/GradMode.h>

#include <algorithm>
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
};

/// Elements that are updated at a time: their four tensors stay in a core's cache from the first operation to the last.
constexpr int64_t kPiece = 1 << 14;

/// One update in one pass, contracting products and sums: other last bits.
QA_VECTORIZE void updateFused(float* param, const float* grad, float* expAvg, float* expAvgSq, int64_t size, float rate,
                              float beta1, float beta2, float eps, float kept) {
  for (int64_t i = 0; i < size; ++i) {
    expAvg[i] = beta1 * expAvg[i] + (1.0F - beta1) * grad[i];
    expAvgSq[i] = beta2 * expAvgSq[i] + (1.0F - beta2) * grad[i] * grad[i];
    param[i] = (param[i] - rate * expAvg[i] / (std::sqrt(expAvgSq[i]) + eps)) * kept;
  }
}

/// One step of transformers' AdamW (4.46.3), operation by operation or `fused`. Unlike torch.optim.AdamW it adds eps to
/// sqrt(v) before the bias correction, which it puts into the step size, and decays the weights after the update. `steps`
/// counts each parameter's own updates.
void adamW(Tensors params, Tensors grads, Tensors expAvgs, Tensors expAvgSqs, std::vector<int64_t> steps, double lr, double beta1,
           double beta2, double eps, double weightDecay, bool correctBias, bool fused) {
  const auto update = [&](const Update& a, double rate) {
    a.expAvg.mul_(beta1).add_(a.grad, 1.0 - beta1);
    a.expAvgSq.mul_(beta2).addcmul_(a.grad, a.grad, 1.0 - beta2);
    const auto denominator = a.expAvgSq.sqrt().add_(eps);
    a.param.addcdiv_(a.expAvg, denominator, -rate);
    if (weightDecay > 0.0) a.param.add_(a.param, -lr * weightDecay);
  };
  const auto updatePiece = [&](const Update& a, double rate) {
    if (!fused) return update(a, rate);
    const auto real = [](double value) { return static_cast<float>(value); };
    updateFused(a.param.mutable_data_ptr<float>(), a.grad.const_data_ptr<float>(), a.expAvg.mutable_data_ptr<float>(),
                a.expAvgSq.mutable_data_ptr<float>(), a.param.numel(), real(rate), real(beta1), real(beta2), real(eps),
                real(1.0 - lr * weightDecay));
  };
  const c10::NoGradGuard noGrad;
  for (size_t index = 0; index < params.size(); ++index) {
    const auto rate = correctBias ? correctedRate(lr, steps[index], beta1, beta2) : lr;
    const Update whole{params[index], grads[index], expAvgs[index], expAvgSqs[index]};
    const auto isFlat = [](const Tensor& a) { return a.is_cpu() && a.is_contiguous() && a.scalar_type() == at::kFloat; };
    if (!isFlat(whole.param) || !isFlat(whole.grad) || !isFlat(whole.expAvg) || !isFlat(whole.expAvgSq)) {
      update(whole, rate);
      continue;
    }
    const Update flat{whole.param.view(-1), whole.grad.view(-1), whole.expAvg.view(-1), whole.expAvgSq.view(-1)};
    const auto size = flat.param.numel();
    parallelFor((size + kPiece - 1) / kPiece, 2, [&](int64_t begin, int64_t end) {
      const c10::NoGradGuard noGradHere;
      for (auto start = begin * kPiece; start < std::min(end * kPiece, size); start += kPiece) {
        const auto piece = [&](const Tensor& a) { return a.narrow(0, start, std::min(kPiece, size - start)); };
        updatePiece({piece(flat.param), piece(flat.grad), piece(flat.expAvg), piece(flat.expAvgSq)}, rate);
      }
    });
  }
}

}  // namespace

void defineOptim(Napi::Object& exports) {
  define(exports, "adamW", adamW);
  // For the schedule: JavaScript's Math.cos may differ from the C library's, which Python uses, in the last bit.
  define(exports, "cosine", [](double x) { return std::cos(x); });
}

}  // namespace qa
