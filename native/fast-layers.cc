// Layers of --fast, for the CPU: the same mathematics as PyTorch's, with other kernels, another generator, and so other
// last bits. Elsewhere they are PyTorch's own.
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"
#include "fast-mask.h"
#include "parallel.h"

namespace qa {
namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// ---- linear ------------------------------------------------------------------------------------------------

/// x Wᵀ + b. In float32 on x86 through oneDNN, whose product is twice as fast as that of MKL where MKL does not know the
/// processor. LibTorch takes oneDNN for bfloat16 by itself.
Tensor product(const Tensor& x, const Tensor& weight, const OptionalTensor& bias) {
  using Linear = Tensor(const Tensor&, const Tensor&, const OptionalTensor&, std::string_view,
                        c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
  static const auto oneDnn = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
  if (!oneDnn || !x.is_cpu() || x.scalar_type() != at::kFloat) return at::linear(x, weight, bias);
  return oneDnn->typed<Linear>().call(x, weight, bias, "none", c10::List<std::optional<at::Scalar>>(), "");
}

struct FastLinear : torch::autograd::Function<FastLinear> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& bias) {
    const auto type = input.scalar_type();
    const auto weightHere = weight.to(type);
    context->save_for_backward({input, weightHere});
    return product(input, weightHere, bias.to(type));
  }

  /// In the input's type; the weight's own gradient in float32.
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1];
    const auto grad = gradients[0].contiguous();
    return {context->needs_input_grad(0) ? product(grad, weight.t(), {}) : Tensor(),
            product(grad.t(), input.t(), {}).to(at::kFloat), grad.sum(0, false, at::kFloat)};
  }
};

/// [N, in] to [N, out] in the input's type, with float32 weights.
Tensor fastLinear(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  return FastLinear::apply(input.contiguous(), weight, bias);
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
  return input.is_cpu() && p < 1 ? FastDropout::apply(input, p) : at::dropout(input, p, train);
}

// ---- attention ---------------------------------------------------------------------------------------------

/// One head of one sequence: its rows, its columns, and where its [length, length] probabilities and mask begin.
struct Head {
  int64_t row, length, column, width, probabilities, block;

  Tensor of(const Tensor& packed) const { return packed.narrow(0, row, length).narrow(1, column, width); }
  Tensor square(const Tensor& flat) const { return flat.narrow(0, probabilities, length * length).view({length, length}); }
};

std::vector<Head> headsOf(const std::vector<int64_t>& lengths, int64_t heads, int64_t width) {
  std::vector<Head> all;
  int64_t row = 0, probabilities = 0, block = 0;
  for (const auto length : lengths) {
    for (int64_t head = 0; head < heads; ++head) {
      all.push_back({row, length, head * width / heads, width / heads, probabilities, block});
      probabilities += length * length;
      block += FastMask::blocks(length * length);
    }
    row += length;
  }
  return all;
}

/// Calls `compute` for each head, with all threads; each of them computes a head on its own.
template <typename Compute>
void forEachHead(const std::vector<Head>& heads, Compute compute) {
  parallelFor(static_cast<int64_t>(heads.size()), 1, [&](int64_t begin, int64_t end) {
    const c10::NoGradGuard noGrad;
    for (auto index = begin; index < end; ++index) compute(heads[static_cast<size_t>(index)]);
  });
}

/// softmax(Q Kᵀ / sqrt(d)) V for each sequence of a packed batch, [N, width] each, with dropout of the probabilities.
struct PackedAttention : torch::autograd::Function<PackedAttention> {
  static Tensor forward(AutogradContext* context, const Tensor& query, const Tensor& key, const Tensor& value,
                        std::vector<int64_t> lengths, int64_t headCount, double p) {
    const auto heads = headsOf(lengths, headCount, query.size(1));
    const auto scale = 1 / std::sqrt(static_cast<double>(heads[0].width));
    const auto scaled = query * scale;
    const auto& last = heads.back();
    auto probabilities = at::empty({last.probabilities + last.length * last.length}, query.options());
    auto output = at::empty(query.sizes(), query.options());
    const auto mask = p > 0 ? FastMask::draw(p) : FastMask(0, 0);
    forEachHead(heads, [&](const Head& head) {
      auto weights = head.square(probabilities);
      at::_softmax_out(weights, head.of(scaled).mm(head.of(key).t()), -1, false);
      auto kept = weights;
      if (p > 0) mask.apply(weights, kept = at::empty_like(weights), head.block);
      head.of(output).copy_(kept.mm(head.of(value)));
    });
    context->save_for_backward({scaled, key, value, probabilities});
    context->saved_data["lengths"] = lengths;
    context->saved_data["heads"] = headCount;
    context->saved_data["p"] = p;
    context->saved_data["key"] = static_cast<int64_t>(mask.key());
    return output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &scaled = saved[0], &key = saved[1], &value = saved[2], &probabilities = saved[3];
    const auto p = context->saved_data["p"].toDouble();
    const auto heads = headsOf(context->saved_data["lengths"].toIntVector(), context->saved_data["heads"].toInt(), key.size(1));
    const auto scale = 1 / std::sqrt(static_cast<double>(heads[0].width));
    const FastMask mask(static_cast<uint64_t>(context->saved_data["key"].toInt()), p);
    auto queryGrad = at::empty(key.sizes(), key.options()), keyGrad = at::empty_like(queryGrad), valueGrad = at::empty_like(queryGrad);
    forEachHead(heads, [&](const Head& head) {
      const auto weights = head.square(probabilities);
      const auto grad = head.of(gradients[0]);
      auto kept = weights, keptGrad = grad.mm(head.of(value).t());
      if (p > 0) {
        mask.apply(weights, kept = at::empty_like(weights), head.block);
        mask.apply(keptGrad, keptGrad, head.block);
      }
      const auto scoreGrad = at::_softmax_backward_data(keptGrad, weights, -1, weights.scalar_type());
      head.of(valueGrad).copy_(kept.t().mm(grad));
      head.of(queryGrad).copy_(scoreGrad.mm(head.of(key)));
      head.of(keyGrad).copy_(scoreGrad.t().mm(head.of(scaled)));
    });
    return {queryGrad.mul_(scale), keyGrad, valueGrad, Tensor(), Tensor(), Tensor()};
  }
};

Tensor packedAttention(const Tensor& query, const Tensor& key, const Tensor& value, std::vector<int64_t> lengths, int64_t heads,
                       double p) {
  return PackedAttention::apply(query, key, value, lengths, heads, p);
}

}  // namespace

void defineFastLayers(Napi::Object& exports) {
  define(exports, "fastLinear", fastLinear);
  define(exports, "fastDropout", fastDropout);
  define(exports, "packedAttention", packedAttention);
  // torch.nn.LSTM of one layer over rows of one length [length, batch, width], which LibTorch gives to oneDNN.
  define(exports, "denseLstm", [](const Tensor& input, std::vector<Tensor> state, std::vector<Tensor> parameters, bool training) {
    return at::lstm(input, state, parameters, true, 1, 0.0, training, false, false);
  });
}

}  // namespace qa
