// Attention within each sequence of a packed batch, for a GPU: LibTorch's memory-efficient kernel, which takes sequences of
// different lengths; with dropout FlashAttention, which takes bfloat16 alone, or else on padded rows.
#include <ATen/SDPBackend.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "binding.h"
#include "unpacked-attention.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kNoCausalMask = 0;
constexpr double kNoDropout = 0;

/// The kernel reads a head's row 16 bytes at a time: of bfloat16, eight numbers.
constexpr int64_t kAligned = 8;

/// What a head is widened by, with zeros, for the kernel to take it.
int64_t paddingOf(int64_t headWidth) { return (kAligned - headWidth % kAligned) % kAligned; }

/// [1, tokens, heads, width of a head] of [tokens, heads * width of a head], widened.
Tensor headsOf(const Tensor& rows, int64_t heads) {
  const auto tokens = rows.size(0), width = rows.size(1) / heads, padding = paddingOf(width);
  const auto split = rows.view({1, tokens, heads, width});
  return padding == 0 ? split : at::constant_pad_nd(split, {0, padding});
}

/// The way back.
Tensor rowsOf(const Tensor& split, int64_t headWidth) {
  return split.narrow(3, 0, headWidth).reshape({split.size(1), split.size(2) * headWidth});
}

/// Query, key or value of what holds them side by side.
Tensor partOf(const Tensor& projected, int64_t heads, int64_t index) {
  const auto width = projected.size(1) / 3;
  return headsOf(projected.narrow(1, index * width, width), heads);
}

/// Of a head as wide as it was.
double scaleOf(const Tensor& projected, int64_t heads) {
  return 1 / std::sqrt(static_cast<double>(projected.size(1) / 3 / heads));
}

/// The kernel's own autograd leaves it how many blocks of keys add up a query's gradient at once, in whatever order they come.
/// Here it is one: a seed has one result. And the three gradients come side by side.
struct VarlenAttention : torch::autograd::Function<VarlenAttention> {
  static Tensor forward(AutogradContext* context, const Tensor& projected, const Tensor& boundaries, int64_t longest, int64_t heads) {
    const auto part = [&](int64_t index) { return partOf(projected, heads, index); };
    // What the gradients need beside the output.
    const bool keepsLogSumExp = projected.requires_grad();
    const auto [output, logSumExp, seed, offset, mostQueries, mostKeys] = at::_efficient_attention_forward(
        part(0), part(1), part(2), {}, boundaries, boundaries, longest, longest, kNoDropout, kNoCausalMask, keepsLogSumExp,
        scaleOf(projected, heads));
    context->save_for_backward({projected, boundaries, output, logSumExp, seed, offset});
    context->saved_data["longest"] = longest;
    context->saved_data["heads"] = heads;
    return rowsOf(output, projected.size(1) / 3 / heads);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &projected = saved[0], &boundaries = saved[1], &output = saved[2], &logSumExp = saved[3], &seed = saved[4], &offset = saved[5];
    const auto longest = context->saved_data["longest"].toInt(), heads = context->saved_data["heads"].toInt();
    const auto headWidth = projected.size(1) / 3 / heads;
    const bool isWhole = paddingOf(headWidth) == 0;
    const auto part = [&](int64_t index) { return partOf(projected, heads, index); };
    const auto [query, key, value, bias] = at::_efficient_attention_backward(
        headsOf(gradients[0].contiguous(), heads), part(0), part(1), part(2), {}, output, boundaries, boundaries, longest, longest,
        logSumExp, kNoDropout, seed, offset, kNoCausalMask, /*bias_requires_grad=*/false,
        scaleOf(projected, heads), /*num_splits_key=*/1, /*window_size=*/{}, /*shared_storage_dqdkdv=*/isWhole);
    const auto grad = isWhole ? query.as_strided(projected.sizes(), {projected.size(1), 1})
                              : at::cat({rowsOf(query, headWidth), rowsOf(key, headWidth), rowsOf(value, headWidth)}, 1);
    return {grad, Tensor(), Tensor(), Tensor()};
  }
};

/// FlashAttention (Dao 2023, arXiv:2307.08691): both its passes draw a mask by sequence, head and place, from what the first one
/// leaves of the generator's state on the GPU.
struct FlashAttention : torch::autograd::Function<FlashAttention> {
  static Tensor forward(AutogradContext* context, const Tensor& projected, const Tensor& boundaries, int64_t longest, int64_t heads,
                        double p) {
    const auto part = [&](int64_t index) { return partOf(projected, heads, index).squeeze(0); };
    const auto results = at::_flash_attention_forward(part(0), part(1), part(2), boundaries, boundaries, longest, longest, p,
                                                      /*is_causal=*/false, /*return_debug_mask=*/false, scaleOf(projected, heads));
    const auto& output = std::get<0>(results);
    context->save_for_backward({projected, boundaries, output, std::get<1>(results), std::get<2>(results), std::get<3>(results)});
    context->saved_data["longest"] = longest;
    context->saved_data["heads"] = heads;
    context->saved_data["p"] = p;
    return rowsOf(output.unsqueeze(0), projected.size(1) / 3 / heads);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &projected = saved[0], &boundaries = saved[1], &output = saved[2];
    const auto longest = context->saved_data["longest"].toInt(), heads = context->saved_data["heads"].toInt();
    const auto headWidth = projected.size(1) / 3 / heads;
    const auto part = [&](int64_t index) { return partOf(projected, heads, index).squeeze(0); };
    const auto [query, key, value] = at::_flash_attention_backward(
        headsOf(gradients[0].contiguous(), heads).squeeze(0), part(0), part(1), part(2), output, saved[3], boundaries, boundaries, longest,
        longest, context->saved_data["p"].toDouble(), /*is_causal=*/false, saved[4], saved[5], scaleOf(projected, heads));
    const auto rows = [&](const Tensor& part) { return rowsOf(part.unsqueeze(0), headWidth); };
    return {at::cat({rows(query), rows(key), rows(value)}, 1), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

/// Whether LibTorch takes FlashAttention for this on this GPU, or cuDNN's, which needs no older one.
bool takesFlash(const Tensor& projected, int64_t heads, double p) {
  if (projected.is_cpu() || projected.scalar_type() != at::kBFloat16) return false;
  const auto part = [&](int64_t index) { return partOf(projected, heads, index).transpose(1, 2); };
  const auto choice = static_cast<at::SDPBackend>(at::_fused_sdp_choice(part(0), part(1), part(2), {}, p));
  return choice == at::SDPBackend::flash_attention || choice == at::SDPBackend::cudnn_attention;
}

/// softmax(Q Kᵀ / sqrt(d)) V of `projected` [tokens, 3 * width], query, key and value side by side, giving [tokens, width].
/// `boundaries`, int32 [sequences + 1], says where each sequence begins and the last one ends; none is over `longest`, which is
/// not over `tokens`. With dropout, what padded rows take (unpacked-attention.h) as well.
Tensor varlenAttention(const Tensor& projected, const Tensor& boundaries, int64_t longest, int64_t heads, double p, const Tensor& tokenAt,
                       const Tensor& places, const Tensor& bias) {
  if (p == 0) return VarlenAttention::apply(projected.contiguous(), boundaries, longest, heads);
  if (takesFlash(projected, heads, p)) return FlashAttention::apply(projected.contiguous(), boundaries, longest, heads, p);
  return unpackedAttention(projected, {tokenAt, places}, bias, heads, p);
}

}  // namespace

void defineVarlenAttention(Napi::Object& exports) { define(exports, "varlenAttention", varlenAttention); }

}  // namespace qa
