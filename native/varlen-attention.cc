// Attention within each sequence of a packed batch, for a GPU: LibTorch's memory-efficient kernel, which takes sequences of
// different lengths and draws dropout by counter.
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kNoCausalMask = 0;

/// Query, key or value, [1, tokens, heads, width of a head], of what holds them side by side.
Tensor partOf(const Tensor& projected, int64_t heads, int64_t index) {
  const auto tokens = projected.size(0), width = projected.size(1) / 3;
  return projected.narrow(1, index * width, width).view({1, tokens, heads, width / heads});
}

/// The kernel's own autograd leaves it how many blocks of keys add up a query's gradient at once, in whatever order they come.
/// Here it is one: a seed has one result. And the three gradients come side by side.
struct VarlenAttention : torch::autograd::Function<VarlenAttention> {
  static Tensor forward(AutogradContext* context, const Tensor& projected, const Tensor& boundaries, int64_t longest, int64_t heads,
                        double p) {
    const auto part = [&](int64_t index) { return partOf(projected, heads, index); };
    // What the gradients need beside the output.
    const bool keepsLogSumExp = projected.requires_grad();
    const auto [output, logSumExp, seed, offset, mostQueries, mostKeys] = at::_efficient_attention_forward(
        part(0), part(1), part(2), {}, boundaries, boundaries, longest, longest, p, kNoCausalMask, keepsLogSumExp);
    context->save_for_backward({projected, boundaries, output, logSumExp, seed, offset});
    context->saved_data["longest"] = longest;
    context->saved_data["heads"] = heads;
    context->saved_data["p"] = p;
    return output.view({projected.size(0), projected.size(1) / 3});
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &projected = saved[0], &boundaries = saved[1], &output = saved[2], &logSumExp = saved[3], &seed = saved[4], &offset = saved[5];
    const auto longest = context->saved_data["longest"].toInt(), heads = context->saved_data["heads"].toInt();
    const auto part = [&](int64_t index) { return partOf(projected, heads, index); };
    const auto [query, key, value, bias] = at::_efficient_attention_backward(
        gradients[0].contiguous().view(output.sizes()), part(0), part(1), part(2), {}, output, boundaries, boundaries, longest, longest,
        logSumExp, context->saved_data["p"].toDouble(), seed, offset, kNoCausalMask, /*bias_requires_grad=*/false, /*scale=*/{},
        /*num_splits_key=*/1, /*window_size=*/{}, /*shared_storage_dqdkdv=*/true);
    return {query.as_strided(projected.sizes(), {projected.size(1), 1}), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

/// softmax(Q Kᵀ / sqrt(d)) V of `projected` [tokens, 3 * width], query, key and value side by side, giving [tokens, width].
/// `boundaries`, int32 [sequences + 1], says where each sequence begins and the last one ends; none is over `longest`, which is
/// not over `tokens`.
Tensor varlenAttention(const Tensor& projected, const Tensor& boundaries, int64_t longest, int64_t heads, double p) {
  return VarlenAttention::apply(projected.contiguous(), boundaries, longest, heads, p);
}

}  // namespace

void defineVarlenAttention(Napi::Object& exports) { define(exports, "varlenAttention", varlenAttention); }

}  // namespace qa
