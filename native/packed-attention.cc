// softmax(Q Kᵀ / sqrt(d)) V within each sequence of a packed batch, for the CPU. A core computes a head on its own.
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "attention-heads.h"
#include "binding.h"
#include "fast-mask.h"
#include "numbers.h"
#include "panel-attention.h"
#include "parallel.h"
#include "tile-attention.h"
#include "tile-product.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// All heads; those of one sequence lie far apart, as threads take neighbours, and should have equally much to do.
std::vector<Head> headsOf(const std::vector<int64_t>& lengths, int64_t heads, int64_t width) {
  std::vector<Head> all;
  int64_t square = 0, block = 0;
  for (int64_t head = 0; head < heads; ++head) {
    int64_t row = 0;
    for (const auto length : lengths) {
      all.push_back({row, length, head * width / heads, width / heads, square, block});
      row += length;
      square += padded(length) * padded(length);
      block += padded(length) / kTile * FastMask::blocks(kTile * padded(length));
    }
  }
  return all;
}

template <typename T>
T* dataOf(const Tensor& a) {
  return static_cast<T*>(a.mutable_data_ptr());
}

/// Calls `compute` for each head, with all threads; each of them computes a head on its own.
template <typename Compute>
void forEachHead(const std::vector<Head>& heads, Compute compute) {
  parallelFor(static_cast<int64_t>(heads.size()), 1, [&](int64_t begin, int64_t end) {
    for (auto index = begin; index < end; ++index) compute(heads[static_cast<size_t>(index)]);
    endTileProducts();
  });
}

/// Calls run(stored, element, attend, attendBackward): zeros of the types of tensors and of probabilities, and one head's kernels.
template <typename Run>
void withHeadKernels(at::ScalarType type, Run run) {
  const auto inPanels = withPanels(type, [&](auto stored, auto panels) {
    using Stored = decltype(stored);
    using Panels = decltype(panels);
    run(stored, ElementOf<Panels>{}, attendInPanels<Panels, Stored>, attendInPanelsBackward<Panels, Stored>);
  });
  if (inPanels) return;
  withTypes(type, [&](auto stored, auto element) {
    using Stored = decltype(stored);
    using Element = decltype(element);
    run(stored, element, attendInTiles<Stored, Element>, attendInTilesBackward<Stored, Element>);
  });
}

struct PackedAttention : torch::autograd::Function<PackedAttention> {
  static Tensor forward(AutogradContext* context, const Tensor& projected, std::vector<int64_t> lengths, int64_t headCount, double p) {
    const auto width = projected.size(1) / 3;
    const auto heads = headsOf(lengths, headCount, width);
    const auto mask = FastMask::draw(p);
    const auto output = at::empty({projected.size(0), width}, projected.options());
    Tensor probabilities;
    withHeadKernels(projected.scalar_type(), [&](auto stored, auto element, auto attend, auto) {
      using Stored = decltype(stored);
      using Element = decltype(element);
      const auto& last = heads.back();
      const auto type = std::is_same_v<Element, float> ? at::kFloat : at::kBFloat16;
      if (projected.requires_grad()) probabilities = at::empty({last.square + last.rows() * last.rows()}, type);
      auto* saved = probabilities.defined() ? dataOf<Element>(probabilities) : nullptr;
      const Projected<const Stored> input{dataOf<Stored>(projected), width};
      forEachHead(heads, [&](const Head& head) { attend(head, input, mask, saved, dataOf<Stored>(output)); });
    });
    context->save_for_backward({projected, probabilities});
    context->saved_data["lengths"] = lengths;
    context->saved_data["heads"] = headCount;
    context->saved_data["scale"] = static_cast<double>(mask.scale());
    return output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &projected = saved[0], &probabilities = saved[1];
    const auto outputGrad = gradients[0].contiguous();
    const auto width = outputGrad.size(1);
    const auto heads = headsOf(context->saved_data["lengths"].toIntVector(), context->saved_data["heads"].toInt(), width);
    const auto scale = static_cast<float>(context->saved_data["scale"].toDouble());
    const auto projectedGrad = at::empty_like(projected);
    withHeadKernels(projected.scalar_type(), [&](auto stored, auto element, auto, auto attendBackward) {
      using Stored = decltype(stored);
      using Element = decltype(element);
      const Projected<const Stored> input{dataOf<Stored>(projected), width};
      const Projected<Stored> grad{dataOf<Stored>(projectedGrad), width};
      forEachHead(heads, [&](const Head& head) {
        attendBackward(head, input, dataOf<Stored>(outputGrad), dataOf<Element>(probabilities), scale, grad);
      });
    });
    return {projectedGrad, Tensor(), Tensor(), Tensor()};
  }
};

/// `projected` is [tokens, 3 * width]: queries, keys and values; of each, the heads side by side.
Tensor packedAttention(const Tensor& projected, std::vector<int64_t> lengths, int64_t heads, double p) {
  TORCH_CHECK(projected.is_cpu() && isFloatOrBfloat16(projected.scalar_type()) && projected.dim() == 2,
              "expected a float32 or bfloat16 matrix on the CPU, got ", projected.toString(), " of shape ", projected.sizes());
  const auto tokens = projected.size(0), columns = projected.size(1);
  TORCH_CHECK(heads > 0 && columns % (3 * heads) == 0, "expected heads that divide a third of ", columns, " columns, got ", heads);
  const auto fits = std::all_of(lengths.begin(), lengths.end(), [=](int64_t length) { return length > 0 && length <= tokens; });
  TORCH_CHECK(!lengths.empty() && fits && c10::sum_integers(lengths) == tokens, "expected sequences of one token or more, ", tokens,
              " in all, got ", at::IntArrayRef(lengths));
  return PackedAttention::apply(projected.contiguous(), lengths, heads, p);
}

}  // namespace

void definePackedAttention(Napi::Object& exports) { define(exports, "packedAttention", packedAttention); }

}  // namespace qa
