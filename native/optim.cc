// The optimizer's arithmetic over all parameters at once; which parameters, which rates and when is TypeScript's.
#include <c10/core/GradMode.h>

#include <cmath>

#include "binding.h"

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

/// One step of transformers' AdamW (4.46.3), operation by operation. Unlike torch.optim.AdamW it adds eps to sqrt(v)
/// before the bias correction, which it puts into the step size, and decays the weights after the update. `steps` counts
/// each parameter's own updates.
void adamW(Tensors params, Tensors grads, Tensors expAvgs, Tensors expAvgSqs, std::vector<int64_t> steps, double lr, double beta1,
           double beta2, double eps, double weightDecay, bool correctBias) {
  const c10::NoGradGuard noGrad;
  for (size_t index = 0; index < params.size(); ++index) {
    const auto &param = params[index], &grad = grads[index];
    const auto &expAvg = expAvgs[index], &expAvgSq = expAvgSqs[index];
    expAvg.mul_(beta1).add_(grad, 1.0 - beta1);
    expAvgSq.mul_(beta2).addcmul_(grad, grad, 1.0 - beta2);
    const auto denominator = expAvgSq.sqrt().add_(eps);
    param.addcdiv_(expAvg, denominator, -(correctBias ? correctedRate(lr, steps[index], beta1, beta2) : lr));
    if (weightDecay > 0.0) param.add_(param, -lr * weightDecay);
  }
}

}  // namespace

void defineOptim(Napi::Object& exports) { define(exports, "adamW", adamW); }

}  // namespace qa
