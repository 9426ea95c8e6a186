#include "unpacked-attention.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <limits>

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Where tokens are, packed and in padded rows. A GPU computes it without being waited for, so that a graph can hold it.
struct Places {
  /// [sequences * longest]: the token of each position; where there is none, the number of tokens.
  Tensor tokenAt;
  /// [tokens]
  Tensor positionOf;

  static Places of(const Tensor& boundaries, int64_t longest, int64_t tokens) {
    const auto all = boundaries.to(at::kLong);
    const auto sequences = all.size(0) - 1;
    const auto starts = all.narrow(0, 0, sequences), ends = all.narrow(0, 1, sequences);
    const auto columns = at::arange(longest, all.options()), numbers = at::arange(tokens, all.options());
    const auto isEmpty = columns.unsqueeze(0).ge((ends - starts).unsqueeze(1));
    const auto sequence = ends.unsqueeze(0).le(numbers.unsqueeze(1)).sum(1);
    // Not at::where, which would bring its number to the GPU: a graph cannot hold that.
    return {(starts.unsqueeze(1) + columns).masked_fill(isEmpty, tokens).view(-1),
            sequence * longest + numbers - starts.index_select(0, sequence)};
  }

  /// [tokens, width] to [sequences * longest, width], with zeros where there is no token.
  Tensor unpack(const Tensor& packed) const {
    return at::cat({packed, at::zeros({1, packed.size(1)}, packed.options())}).index_select(0, tokenAt);
  }

  /// The way back.
  Tensor pack(const Tensor& unpacked) const { return unpacked.index_select(0, positionOf); }
};

/// One of the two, whose gradient is the other: a choice of rows as well, where autograd would add them up, in whatever order.
struct Move : torch::autograd::Function<Move> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Places* places, bool unpacks) {
    context->save_for_backward({places->tokenAt, places->positionOf});
    context->saved_data["unpacks"] = unpacks;
    return unpacks ? places->unpack(input) : places->pack(input);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Places places{saved[0], saved[1]};
    const auto grad = context->saved_data["unpacks"].toBool() ? places.pack(gradients[0]) : places.unpack(gradients[0]);
    return {grad, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor unpackedAttention(const Tensor& projected, const Tensor& boundaries, int64_t longest, int64_t heads, double p) {
  const auto tokens = projected.size(0), width = projected.size(1) / 3, sequences = boundaries.size(0) - 1;
  const auto places = Places::of(boundaries, longest, tokens);
  const auto rows = Move::apply(projected, &places, true);
  const auto parts = rows.view({sequences, longest, 3, heads, width / heads}).permute({2, 0, 3, 1, 4});
  // What fills a batch up may have no token: its queries see nothing but zeros then, which is better than nothing at all.
  const auto isToken = places.tokenAt.lt(tokens).view({sequences, longest});
  const auto hidden = isToken.bitwise_not().bitwise_and(isToken.any(1, /*keepdim=*/true));
  const auto mask = at::zeros(hidden.sizes(), rows.options()).masked_fill(hidden, -std::numeric_limits<float>::infinity());
  const auto attended = at::scaled_dot_product_attention(parts[0], parts[1], parts[2],
                                                         mask.view({sequences, 1, 1, longest}).expand({sequences, heads, longest, longest}), p);
  return Move::apply(attended.transpose(1, 2).reshape({sequences * longest, width}), &places, false);
}

}  // namespace qa
