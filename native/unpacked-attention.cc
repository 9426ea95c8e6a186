#include "unpacked-attention.h"

#include <ATen/ATen.h>

namespace qa {

using at::Tensor;

Tensor unpackedAttention(const Tensor& projected, const Places& places, const Tensor& bias, int64_t heads, double p) {
  const auto width = projected.size(1) / 3, sequences = bias.size(0), longest = bias.size(1);
  const auto rows = unpackRows(projected, places, 0);
  // Not indexed: the gradients of three parts that are chosen one by one would be three of the whole, added up.
  const auto parts = rows.view({sequences, longest, 3, heads, width / heads}).permute({2, 0, 3, 1, 4}).unbind(0);
  const auto mask = bias.view({sequences, 1, 1, longest}).expand({sequences, heads, longest, longest});
  const auto attended = at::scaled_dot_product_attention(parts[0], parts[1], parts[2], mask, p);
  return packRows(attended.transpose(1, 2).reshape({sequences * longest, width}), places);
}

}  // namespace qa
