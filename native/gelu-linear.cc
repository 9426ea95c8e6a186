// linear(gelu(x)) with the bits of both on the CPU. Autograd would keep gelu(x) beside x for the gradient of the weight: of a
// BERT, the two largest of a layer's tensors. It is computed again instead.
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Tensor toRows(const Tensor& a) { return a.reshape({-1, a.size(-1)}); }

struct GeluLinear : torch::autograd::Function<GeluLinear> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& bias) {
    context->save_for_backward({input, weight});
    return at::linear(at::gelu(input), weight, bias);
  }

  /// The products and sums of autograd's linear.
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1];
    const auto grad = toRows(gradients[0]);
    const auto biasGrad = grad.sum(0);
    const auto activated = toRows(at::gelu(input));
    // Laid out as the weight.
    const auto weightGrad = weight.is_contiguous() ? grad.t().mm(activated) : activated.t().mm(grad).t();
    return {at::gelu_backward(grad.mm(weight).view(input.sizes()), input), weightGrad, biasGrad};
  }
};

Tensor geluLinear(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  if (!input.is_cpu()) return at::linear(at::gelu(input), weight, bias);
  return GeluLinear::apply(input.contiguous(), weight, bias);
}

}  // namespace

void defineGeluLinear(Napi::Object& exports) { define(exports, "geluLinear", geluLinear); }

}  // namespace qa
