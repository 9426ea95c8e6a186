// The linear layer of --fast, for the CPU: the same mathematics as PyTorch's with other kernels, and so other last bits. Elsewhere it
// is PyTorch's own.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"
#include "linear-gradient.h"
#include "numbers.h"
#include "panel-product.h"
#include "panels.h"
#include "parallel.h"
#include "tile-product.h"
#include "tiles.h"

namespace qa {
namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// As a factor of a product: bfloat16 as float32 where the processor does not multiply it, since LibTorch takes thirty times as
/// long there.
Tensor factor(const Tensor& a) {
  const auto widens = a.is_cpu() && a.scalar_type() == at::kBFloat16 && !multipliesBfloat16();
  return widens ? a.to(at::kFloat) : a;
}

/// A weight, [out, in], as a product on the CPU takes it: in panels where they are faster.
Tensor prepack(const Tensor& weight) {
  const auto right = factor(weight);
  return hasPanelProduct(right) ? toPanels(right.t()) : right;
}

/// x Wᵀ + b in x's type, of a weight that was prepacked. Where there are no panels, on x86 through oneDNN, whose float32 product is
/// twice as fast as that of MKL where MKL does not know the processor; its bfloat16 product, which LibTorch takes by itself, adds the
/// bias on its way here.
Tensor prepackedProduct(const Tensor& x, const Tensor& weight, int64_t out, const OptionalTensor& bias) {
  using Linear = Tensor(const Tensor&, const Tensor&, const OptionalTensor&, std::string_view,
                        c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
  static const auto oneDnn = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
  const auto left = factor(x);
  const auto isInPanels = weight.dim() == 3;
  const auto offset = bias ? OptionalTensor(bias->to(isInPanels ? at::kFloat : left.scalar_type())) : bias;
  if (isInPanels) return panelProduct(left.contiguous(), weight, out, offset).to(x.scalar_type());
  const auto result = oneDnn ? oneDnn->typed<Linear>().call(left, weight, offset, "none", c10::List<std::optional<at::Scalar>>(), "")
                             : at::linear(left, weight, offset);
  return result.to(x.scalar_type());
}

/// x Wᵀ + b in x's type.
Tensor product(const Tensor& x, const Tensor& weight, const OptionalTensor& bias) {
  return x.is_cpu() ? prepackedProduct(x, prepack(weight), weight.size(0), bias) : at::linear(x, weight, bias);
}

/// Columns that are transposed at a time: what they become stays in a core's cache.
constexpr int64_t kColumns = 64;

/// Wᵀ, in memory of its own where that is cheap to make: oneDNN's product with a wide transposed view takes up to twice as long.
Tensor transposed(const Tensor& weight) {
  const auto out = weight.size(0), in = weight.size(1);
  const auto isFlat = weight.is_cpu() && weight.is_contiguous() && weight.scalar_type() == at::kFloat;
  if (!isFlat || multipliesInPanels(at::kFloat) || out % kTile != 0 || in % kColumns != 0) return weight.t();
  const auto result = at::empty({in, out}, weight.options());
  const auto* const from = static_cast<const uint32_t*>(weight.const_data_ptr());
  auto* const to = static_cast<uint32_t*>(result.mutable_data_ptr());
  parallelFor(in / kColumns, 1, [&](int64_t begin, int64_t end) {
    for (auto first = begin * kColumns; first < end * kColumns; first += kColumns) {
      transposeWords(from + first, in, out, kColumns, to + first * out);
    }
  });
  return result;
}

/// Of rows, [N, in] to [N, out].
struct FastLinear : torch::autograd::Function<FastLinear> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& bias) {
    const auto type = input.scalar_type();
    const auto weightHere = weight.to(type);
    context->save_for_backward({input, weightHere});
    context->saved_data["type"] = weight.scalar_type();
    return product(input, weightHere, input.is_cpu() ? bias : bias.to(type));
  }

  /// In the input's type; the gradients of weight and bias in their own.
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1];
    const auto grad = gradients[0].contiguous();
    const auto inputGrad = context->needs_input_grad(0) ? product(grad, transposed(factor(weight)), {}) : Tensor();
    const auto own = context->saved_data["type"].toScalarType();
    if (!grad.is_cpu()) return {inputGrad, product(grad.t(), input.t(), {}).to(own), grad.sum(0, false, own)};
    const auto gradient = linearGradient(grad, input);
    return {inputGrad, gradient.weight, gradient.bias};
  }
};

/// What compute(rows) makes of an input [..., in] as rows, [N, in], whose results are [N, out]: [..., out].
template <typename Compute>
Tensor ofRows(const Tensor& input, int64_t in, int64_t out, Compute compute) {
  TORCH_CHECK(input.dim() > 0 && input.size(-1) == in, "expected an input of ", in, " features, got the shape ", input.sizes());
  if (input.dim() == 2) return compute(input.contiguous());
  auto sizes = input.sizes().vec();
  sizes.back() = out;
  const auto rows = input.dim() == 1 ? input.unsqueeze(0) : input.flatten(0, -2);
  return compute(rows.contiguous()).view(sizes);
}

/// [..., in] to [..., out] in the input's type, with float32 weights. Other types PyTorch computes or refuses.
Tensor fastLinear(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  if (!isFloatOrBfloat16(input.scalar_type())) return at::linear(input, weight, bias);
  return ofRows(input, weight.size(1), weight.size(0), [&](const Tensor& rows) { return FastLinear::apply(rows, weight, bias); });
}

/// Weights and biases of layers of one input, side by side, for products with any number of inputs of its type, without gradients.
std::vector<Tensor> prepackLinear(const Tensor& input, std::vector<Tensor> weights, std::vector<Tensor> biases) {
  const at::NoGradGuard guard;
  const auto type = input.scalar_type();
  const auto beside = [](const std::vector<Tensor>& tensors) { return tensors.size() == 1 ? tensors[0] : at::cat(tensors); };
  const auto weight = beside(weights), bias = beside(biases);
  // Of other types PyTorch computes or refuses, as in fastLinear.
  if (!isFloatOrBfloat16(type)) return {weight, bias};
  if (!weight.is_cpu()) return {weight.to(type), bias.to(type)};
  const auto prepacked = prepack(weight.to(type));
  return {prepacked, bias.to(prepacked.dim() == 3 ? at::kFloat : prepacked.scalar_type())};
}

/// As fastLinear, of what prepackLinear gave for such an input.
Tensor prepackedLinear(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  if (!input.is_cpu() || !isFloatOrBfloat16(input.scalar_type())) return at::linear(input, weight, bias);
  const auto out = bias.size(0);
  return ofRows(input, weight.size(1), out, [&](const Tensor& rows) { return prepackedProduct(rows, weight, out, bias); });
}

}  // namespace

void defineFastLinear(Napi::Object& exports) {
  define(exports, "fastLinear", fastLinear);
  define(exports, "prepackLinear", prepackLinear);
  define(exports, "prepackedLinear", prepackedLinear);
  // Whether they do on the CPU, and packedAttention too: no size of a product costs more than another then.
  define(exports, "multipliesInPanels", []() { return panelRegisters() != PanelRegisters::kNone; });
}

}  // namespace qa
