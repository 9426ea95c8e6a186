// Layers of --fast, for the CPU: the same mathematics as PyTorch's, with other kernels, another generator, and so other
// last bits. Elsewhere they are PyTorch's own.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"
#include "fast-mask.h"
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

// ---- linear ------------------------------------------------------------------------------------------------

/// As a factor of a product: bfloat16 as float32 where the processor does not multiply it, since LibTorch takes thirty times as
/// long there.
Tensor factor(const Tensor& a) {
  const auto widens = a.is_cpu() && a.scalar_type() == at::kBFloat16 && !multipliesBfloat16();
  return widens ? a.to(at::kFloat) : a;
}

/// x Wᵀ + b in x's type. In panels where they are faster; else on x86 through oneDNN, whose float32 product is twice as fast as
/// that of MKL where MKL does not know the processor; its bfloat16 product, which LibTorch takes by itself, adds the bias on its
/// way here.
Tensor product(const Tensor& x, const Tensor& weight, const OptionalTensor& bias) {
  using Linear = Tensor(const Tensor&, const Tensor&, const OptionalTensor&, std::string_view,
                        c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
  static const auto oneDnn = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
  if (!x.is_cpu()) return at::linear(x, weight, bias);
  const auto type = x.scalar_type();
  const auto left = factor(x), right = factor(weight);
  const auto offset = bias ? OptionalTensor(factor(*bias)) : bias;
  if (hasPanelProduct(left)) {
    return panelProduct(left.contiguous(), right.t(), offset ? OptionalTensor(offset->to(at::kFloat)) : offset).to(type);
  }
  const auto result = oneDnn ? oneDnn->typed<Linear>().call(left, right, offset, "none", c10::List<std::optional<at::Scalar>>(), "")
                             : at::linear(left, right, offset);
  return result.to(type);
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
    return product(input, weightHere, bias.to(type));
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

/// [..., in] to [..., out] in the input's type, with float32 weights. Other types PyTorch computes or refuses.
Tensor fastLinear(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  if (!isFloatOrBfloat16(input.scalar_type())) return at::linear(input, weight, bias);
  TORCH_CHECK(input.dim() > 0 && input.size(-1) == weight.size(1), "expected an input of ", weight.size(1), " features, got the shape ",
              input.sizes());
  if (input.dim() == 2) return FastLinear::apply(input.contiguous(), weight, bias);
  auto sizes = input.sizes().vec();
  sizes.back() = weight.size(0);
  const auto rows = input.dim() == 1 ? input.unsqueeze(0) : input.flatten(0, -2);
  return FastLinear::apply(rows.contiguous(), weight, bias).view(sizes);
}

// ---- dropout -----------------------------------------------------------------------------------------------

struct FastDropout : torch::autograd::Function<FastDropout> {
  static Tensor forward(AutogradContext* context, const Tensor& input, double p) {
    const auto mask = FastMask::draw(p);
    context->saved_data["key"] = static_cast<int64_t>(mask.key());
    context->saved_data["p"] = p;
    return mask.apply(input);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const FastMask mask(static_cast<uint64_t>(context->saved_data["key"].toInt()), context->saved_data["p"].toDouble());
    return {mask.apply(gradients[0]), Tensor()};
  }
};

Tensor fastDropout(const Tensor& input, double p, bool train) {
  if (!train || p == 0) return input;
  const auto ours = p > 0 && p < 1 && input.is_cpu() && isFloatOrBfloat16(input.scalar_type());
  return ours ? FastDropout::apply(input, p) : at::dropout(input, p, train);
}

}  // namespace

void defineFastLayers(Napi::Object& exports) {
  define(exports, "fastLinear", fastLinear);
  define(exports, "fastDropout", fastDropout);
  // Whether fastLinear and packedAttention do on the CPU, where no size of a product costs more than another then.
  define(exports, "multipliesInPanels", []() { return panelRegisters() != PanelRegisters::kNone; });
  // torch.nn.LSTM of one layer over rows of one length [length, batch, width], which LibTorch gives to oneDNN.
  define(exports, "denseLstm", [](const Tensor& input, std::vector<Tensor> state, std::vector<Tensor> parameters, bool training) {
    return at::lstm(input, state, parameters, true, 1, 0.0, training, false, false);
  });
}

}  // namespace qa
