// Parameters as bfloat16, for a GPU: all at once, and their gradients back, where each would take a kernel of its own both ways.
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

variable_list copyAll(at::TensorList tensors, at::ScalarType type) {
  variable_list copies;
  for (const auto& tensor : tensors) copies.push_back(at::empty_like(tensor, tensor.options().dtype(type).requires_grad(false)));
  at::_foreach_copy_(copies, tensors);
  return copies;
}

struct RoundAll : torch::autograd::Function<RoundAll> {
  // Not a vector, whose tensors autograd would not see.
  static variable_list forward(AutogradContext*, at::TensorList parameters) { return copyAll(parameters, at::kBFloat16); }

  static variable_list backward(AutogradContext*, const variable_list& gradients) { return copyAll(gradients, at::kFloat); }
};

}  // namespace

void defineRounding(Napi::Object& exports) {
  // float32 to bfloat16.
  define(exports, "roundAll", [](variable_list parameters) { return RoundAll::apply(at::TensorList(parameters)); });
}

}  // namespace qa
