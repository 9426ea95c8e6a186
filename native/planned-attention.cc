#include "planned-attention.h"

#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "dropout.h"
#include "mersenne-twister.h"
#include "parallel.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// One head of one row.
struct Head {
  int64_t index, length, visible, columns, sums, start;

  Head(const AttentionPlan& plan, int64_t row, int64_t head)
      : index(row * plan.heads + head), length(plan.length), visible(plan.visible[static_cast<size_t>(row)]),
        columns(plan.columns[static_cast<size_t>(row)]), sums(plan.sums[static_cast<size_t>(row)]),
        start(plan.starts[static_cast<size_t>(row)] + head * length * columns) {}

  /// Its [length, width] or [width, length] part.
  Tensor of(const Tensor& all) const { return all.select(0, index); }
  Tensor probabilities(const Tensor& flat) const { return flat.narrow(0, start, length * columns).view({length, columns}); }
};

/// A thread's memory for one of a head's matrices.
struct Scratch {
  Tensor memory;

  Tensor matrix(int64_t rows, int64_t columns) const { return memory.narrow(0, 0, rows * columns).view({rows, columns}); }
};

/// Calls `compute(head, scratch, scratch)` for each head on all threads. The heads are outermost, so that each thread gets
/// rows of all lengths.
template <typename Compute>
void forEachHead(const AttentionPlan& plan, Compute compute) {
  parallelFor(plan.batch * plan.heads, 1, [&](int64_t begin, int64_t end) {
    const c10::NoGradGuard noGrad;
    const Scratch first{at::empty({plan.length * plan.length}, at::kFloat)}, second{at::empty_like(first.memory)};
    for (auto index = begin; index < end; ++index) compute(Head(plan, index % plan.batch, index / plan.batch), first, second);
  });
}

/// A dropout's mask, a byte for each of a batch's probabilities, and its scale; undefined where nothing is dropped.
struct Dropped {
  Tensor mask;
  double scale;

  /// Draws for all keys, as the composition does, and keeps what falls on the columns.
  static Dropped draw(const AttentionPlan& plan, double p) {
    if (p == 0) return {Tensor(), 1};
    const auto drawn = at::empty({plan.batch * plan.heads, plan.length, plan.length}, at::kByte);
    bernoulliMask(drawn.mutable_data_ptr<uint8_t>(), drawn.numel(), 1 - p, at::detail::getDefaultCPUGenerator());
    const auto mask = at::empty({plan.starts.back()}, at::kByte);
    forEachHead(plan, [&](const Head& head, const Scratch&, const Scratch&) {
      head.probabilities(mask).copy_(head.of(drawn).narrow(1, 0, head.columns));
    });
    return {mask, dropoutScale(p)};
  }

  /// Drops of a head's [length, columns] values; `to` may be `from`, or wider: then it has zeros past its columns.
  void apply(const Head& head, const Tensor& from, const Tensor& to) const {
    if (mask.defined()) {
      const auto width = to.size(1);
      for (int64_t row = 0; row < head.length; ++row) {
        const auto first = row * head.columns;
        auto* target = to.mutable_data_ptr<float>() + row * width;
        applyDropoutMask(from.const_data_ptr<float>() + first, mask.const_data_ptr<uint8_t>() + head.start + first,
                         static_cast<float>(scale), target, head.columns);
        std::fill(target + head.columns, target + width, 0.0F);
      }
    } else if (!to.is_same(from)) {
      widen(from, to);
    }
  }

  /// Copies columns, with zeros past them.
  static void widen(const Tensor& from, const Tensor& to) {
    to.narrow(1, 0, from.size(1)).copy_(from);
    to.narrow(1, from.size(1), to.size(1) - from.size(1)).zero_();
  }
};

struct PlannedAttention : torch::autograd::Function<PlannedAttention> {
  static Tensor forward(AutogradContext* context, const Tensor& query, const Tensor& key, const Tensor& value, const AttentionPlan& plan,
                        double p, bool keeps) {
    // Laid out as matmul does it.
    const auto all = plan.batch * plan.heads;
    const auto q = query.reshape({all, plan.length, plan.width}), v = value.reshape({all, plan.length, plan.width});
    const auto kT = key.transpose(-1, -2).reshape({all, plan.width, plan.length});
    const auto root = std::sqrt(static_cast<double>(plan.width));
    const auto dropped = Dropped::draw(plan, p);
    const auto probabilities = at::empty({keeps ? plan.starts.back() : 0}, q.options());
    // Contiguous, as the composition's: q need not be, and who sums a gradient goes by how it lies in memory.
    const auto output = at::empty(q.sizes(), q.options());
    forEachHead(plan, [&](const Head& head, const Scratch& first, const Scratch& second) {
      auto scores = first.matrix(head.length, head.columns);
      at::mm_out(scores, head.of(q), head.of(kT).narrow(1, 0, head.columns));
      scores.div_(root).narrow(1, head.visible, head.columns - head.visible).fill_(kLowestScore);
      auto weights = keeps ? head.probabilities(probabilities) : second.matrix(head.length, head.columns);
      at::_softmax_out(weights, scores, -1, false);
      const auto kept = first.matrix(head.length, head.sums);
      dropped.apply(head, weights, kept);
      auto out = head.of(output);
      at::mm_out(out, kept, head.of(v).narrow(0, 0, head.sums));
    });
    context->save_for_backward({q, kT, v, probabilities, dropped.mask});
    context->saved_data["scale"] = dropped.scale;
    context->saved_data["sizes"] = query.sizes().vec();
    context->saved_data["visible"] = plan.visible;
    context->saved_data["columns"] = plan.columns;
    context->saved_data["sums"] = plan.sums;
    return output.view(query.sizes());
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &q = saved[0], &kT = saved[1], &v = saved[2], &probabilities = saved[3];
    const Dropped dropped{saved[4], context->saved_data["scale"].toDouble()};
    const auto listOf = [&](const char* name) { return context->saved_data[name].toIntVector(); };
    const auto sizes = listOf("sizes");
    const AttentionPlan plan(sizes, listOf("visible"), listOf("columns"), listOf("sums"));
    const auto root = std::sqrt(static_cast<double>(plan.width));
    const auto outputGrad = gradients[0].reshape(q.sizes());
    const auto emptyFor = [](const Tensor& input) { return at::empty(input.sizes(), input.options()); };
    const auto queryGrad = emptyFor(q), keyGrad = emptyFor(kT), valueGrad = emptyFor(v);
    forEachHead(plan, [&](const Head& head, const Scratch& first, const Scratch& second) {
      const auto weights = head.probabilities(probabilities), grad = head.of(outputGrad);
      const auto hidden = head.length - head.columns;

      const auto kept = first.matrix(head.length, head.columns);
      dropped.apply(head, weights, kept);
      auto seenValues = head.of(valueGrad).narrow(0, 0, head.columns);
      at::mm_out(seenValues, kept.t(), grad);
      head.of(valueGrad).narrow(0, head.columns, hidden).zero_();

      auto weightGrad = first.matrix(head.length, head.columns), scoreGrad = second.matrix(head.length, head.columns);
      at::mm_out(weightGrad, grad, head.of(v).narrow(0, 0, head.columns).t());
      dropped.apply(head, weightGrad, weightGrad);
      at::_softmax_backward_data_out(scoreGrad, weightGrad, weights, -1, at::kFloat);
      scoreGrad.div_(root);

      auto seenKeys = head.of(keyGrad).narrow(1, 0, head.columns);
      at::mm_out(seenKeys, head.of(q).t(), scoreGrad);
      head.of(keyGrad).narrow(1, head.columns, hidden).zero_();

      const auto summed = first.matrix(head.length, head.sums);
      Dropped::widen(scoreGrad, summed);
      auto queries = head.of(queryGrad);
      at::mm_out(queries, summed, head.of(kT).narrow(1, 0, head.sums).t());
    });
    const auto unfold = [&](const Tensor& all) { return all.view({plan.batch, plan.heads, all.size(1), all.size(2)}); };
    return {unfold(queryGrad), unfold(keyGrad).transpose(-1, -2), unfold(valueGrad), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor plannedAttention(const Tensor& query, const Tensor& key, const Tensor& value, const AttentionPlan& plan, double p, bool keeps) {
  return PlannedAttention::apply(query, key, value, plan, p, keeps);
}

}  // namespace qa
