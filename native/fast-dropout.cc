// The dropout of --fast, for the CPU: another generator than PyTorch's, whose masks are drawn where they are applied.
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"
#include "fast-mask.h"
#include "numbers.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct FastDropout : torch::autograd::Function<FastDropout> {
  static Tensor forward(AutogradContext* context, const Tensor& input, double p) {
    const auto mask = FastMask::draw(p);
    context->saved_data["mask"] = mask.saved();
    return mask.apply(input);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    return {FastMask(context->saved_data["mask"]).apply(gradients[0]), Tensor()};
  }
};

Tensor fastDropout(const Tensor& input, double p, bool train) {
  if (!train || p == 0) return input;
  const auto ours = p > 0 && p < 1 && input.is_cpu() && isFloatOrBfloat16(input.scalar_type());
  return ours ? FastDropout::apply(input, p) : at::dropout(input, p, train);
}

}  // namespace

void defineFastDropout(Napi::Object& exports) { define(exports, "fastDropout", fastDropout); }

}  // namespace qa
