// Packed rows as padded ones, and back.
#include "unpack.h"

#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Tensor unpack(const Tensor& packed, const Tensor& tokenAt, double fill) {
  return at::cat({packed, at::full({1, packed.size(1)}, fill, packed.options().requires_grad(false))}).index_select(0, tokenAt);
}

Tensor pack(const Tensor& unpacked, const Tensor& places) { return unpacked.index_select(0, places); }

/// One of the two, whose gradient is the other: a choice of rows as well, where autograd would add them up, in whatever order.
struct Move : torch::autograd::Function<Move> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Places* places, bool unpacks, double fill) {
    context->save_for_backward({places->tokenAt, places->places});
    context->saved_data["unpacks"] = unpacks;
    return unpacks ? unpack(input, places->tokenAt, fill) : pack(input, places->places);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto unpacks = context->saved_data["unpacks"].toBool();
    return {unpacks ? pack(gradients[0], saved[1]) : unpack(gradients[0], saved[0], 0), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor unpackRows(const Tensor& packed, const Places& places, double fill) { return Move::apply(packed, &places, true, fill); }

Tensor packRows(const Tensor& unpacked, const Places& places) { return Move::apply(unpacked, &places, false, 0.0); }

void defineUnpack(Napi::Object& exports) {
  define(exports, "unpackRows", [](const Tensor& packed, const Tensor& tokenAt, const Tensor& places, double fill) {
    return unpackRows(packed, {tokenAt, places}, fill);
  });
}

}  // namespace qa
