// The attention layer, composed of ATen's operations in the order in which Python's layer calls them, so that forward
// and backward give Python's bits.
#include <limits>

#include "binding.h"
#include "dropout.h"

namespace qa {
namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;

/// torch.nn.functional._in_projection_packed for self-attention: query, key and value of `input` [L, N, E].
std::vector<Tensor> inProjectionPacked(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  const auto packed = at::linear(input, weight, bias)
                          .unflatten(-1, {3, input.size(-1)})
                          .unsqueeze(0)
                          .transpose(0, -2)
                          .squeeze(-2)
                          .contiguous();
  return {packed.select(0, 0), packed.select(0, 1), packed.select(0, 2)};
}

/// scaled_dot_product_attention with dropout, which LibTorch computes in these steps on the CPU, but with this dropout. Its
/// own softmax also looks for rows in which all is masked, to make them zero: where `hidden`, a boolean mask, has any.
Tensor attentionWithDropout(const Tensor& query, const Tensor& key, const Tensor& value, const OptionalTensor& mask,
                            const OptionalTensor& hidden, double dropoutP) {
  const auto scale = std::sqrt(1.0 / std::sqrt(static_cast<double>(query.size(-1))));
  auto scores = at::matmul(query * scale, key.transpose(-2, -1) * scale);
  if (mask) scores.add_(*mask);
  const bool hidesRows = hidden && hidden->all(-1).any().item<bool>();
  const auto probabilities = hidesRows ? at::_safe_softmax(scores, -1) : at::softmax(scores, -1);
  return at::matmul(qa::dropout(probabilities, dropoutP, true), value);
}

/// torch.nn.functional.multi_head_attention_forward with need_weights=False; `mask` is what is added for `hidden`, [N * heads, L, L].
Tensor selfAttention(const Tensor& input, const OptionalTensor& mask, const OptionalTensor& hidden, const Tensor& inWeight, const Tensor& inBias,
                     const Tensor& outWeight, const Tensor& outBias, int64_t heads, double dropoutP) {
  const auto length = input.size(0), batch = input.size(1), width = input.size(2), headDim = width / heads;
  auto projected = inProjectionPacked(input, inWeight, inBias);
  for (auto& part : projected) part = part.view({length, batch * heads, headDim}).transpose(0, 1);
  for (auto& part : projected) part = part.view({batch, heads, length, headDim});
  OptionalTensor perHead;
  if (mask) perHead = mask->view({batch, heads, -1, length});
  const auto attended = input.is_cpu() && dropoutP > 0
                            ? attentionWithDropout(projected[0], projected[1], projected[2], perHead, hidden, dropoutP)
                            : at::scaled_dot_product_attention(projected[0], projected[1], projected[2], perHead, dropoutP);
  const auto context =
      attended
          .permute({2, 0, 1, 3})
          .contiguous()
          .view({batch * length, width});
  return at::linear(context, outWeight, outBias).view({length, batch, width});
}

/// torch.nn.TransformerEncoderLayer.forward, post-norm, ReLU, on `src` [L, N, E] with a boolean mask (true: masked) of
/// shape [N * heads, L, L]. `p` holds the layer's twelve parameters in the order of its state_dict.
Tensor transformerEncoderLayer(const Tensor& src, OptionalTensor srcMask, std::vector<Tensor> p, int64_t heads,
                               double dropoutP, double eps, bool training) {
  const auto dropout = [&](const Tensor& a) { return qa::dropout(a, dropoutP, training); };
  const auto norm = [&](const Tensor& a, size_t index) {
    return at::layer_norm(a, {src.size(-1)}, p[index], p[index + 1], eps);
  };
  OptionalTensor mask;
  if (srcMask) {
    mask = at::zeros_like(*srcMask, src.options().requires_grad(false))
               .masked_fill_(*srcMask, -std::numeric_limits<double>::infinity());
  }
  const auto attended = selfAttention(src, mask, srcMask, p[0], p[1], p[2], p[3], heads, training ? dropoutP : 0.0);
  const auto x = norm(src + dropout(attended), 8);
  const auto hidden = dropout(at::relu(at::linear(x, p[4], p[5])));
  return norm(x + dropout(at::linear(hidden, p[6], p[7])), 10);
}

}  // namespace

void defineLayers(Napi::Object& exports) {
  define(exports, "transformerEncoderLayer", transformerEncoderLayer);
}

}  // namespace qa
