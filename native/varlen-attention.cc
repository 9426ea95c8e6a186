// Attention within each sequence of a packed batch, for a GPU: LibTorch's memory-efficient kernel, which takes sequences of
// different lengths and draws dropout by counter.
#include <c10/core/GradMode.h>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;

/// softmax(Q Kᵀ / sqrt(d)) V of `projected` [tokens, 3 * width], query, key and value side by side, giving [tokens, width].
/// `boundaries`, int32 [sequences + 1], says where each sequence begins and the last one ends; none is over `longest`.
Tensor varlenAttention(const Tensor& projected, const Tensor& boundaries, int64_t longest, int64_t heads, double dropoutP) {
  const auto tokens = projected.size(0), width = projected.size(1) / 3;
  const auto part = [&](int64_t index) {
    return projected.narrow(1, index * width, width).view({1, tokens, heads, width / heads});
  };
  // What the gradients need beside the output.
  const bool keepsLogSumExp = c10::GradMode::is_enabled() && projected.requires_grad();
  constexpr int64_t kNoCausalMask = 0;
  const auto output = std::get<0>(at::_efficient_attention_forward(part(0), part(1), part(2), {}, boundaries, boundaries, longest,
                                                                   longest, dropoutP, kNoCausalMask, keepsLogSumExp));
  return output.reshape({tokens, width});
}

}  // namespace

void defineVarlenAttention(Napi::Object& exports) { define(exports, "varlenAttention", varlenAttention); }

}  // namespace qa
