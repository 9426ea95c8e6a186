// BERT's attention over padded rows: dropout(softmax(Q Kᵀ / sqrt(d) + mask)) V. On the CPU, with the same bits, without what
// the mask hides: past a row's length all probabilities are zero, and so are their gradients. Those columns are left out, and
// each head goes from its scores to its output in a core's cache.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <map>
#include <mutex>

#include "binding.h"
#include "dropout.h"
#include "mersenne-twister.h"
#include "parallel.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Sizes = std::vector<int64_t>;

/// What transformers adds to the scores of padding.
constexpr double kLowest = std::numeric_limits<float>::lowest();

/// Operation by operation, as transformers' eager attention: what the rest of this file gives the bits of. Query, key and
/// value [batch, heads, length, width], `mask` is added to [batch, heads, length, length] scores.
Tensor composed(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask, double p) {
  const auto root = std::sqrt(static_cast<double>(query.size(-1)));
  const auto scores = at::matmul(query, key.transpose(-1, -2)).div_(root).add_(mask);
  return at::matmul(qa::dropout(scores.softmax(-1), p, true), value);
}

// ---- the parts of a batch ------------------------------------------------------------------------------------

/// A batch: its sizes, and for each row the keys it sees, how many columns its scores have, and over how many keys it sums
/// (with zeros past its columns: how a product of matrices adds up may depend on how much there is to add).
struct Plan {
  int64_t batch, heads, length, width;
  Sizes visible, columns, sums;
  /// Where the rows' probabilities begin, and what they take in all.
  Sizes starts{0};

  Plan(at::IntArrayRef sizes, Sizes seen, Sizes computed, Sizes summed)
      : batch(sizes[0]), heads(sizes[1]), length(sizes[2]), width(sizes[3]), visible(std::move(seen)),
        columns(std::move(computed)), sums(std::move(summed)) {
    for (const auto count : columns) starts.push_back(starts.back() + heads * length * count);
  }
};

/// One head of one row.
struct Head {
  int64_t index, length, visible, columns, sums, start;

  Head(const Plan& plan, int64_t row, int64_t head)
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
void forEachHead(const Plan& plan, Compute compute) {
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
  static Dropped draw(const Plan& plan, double p) {
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

// ---- forward and backward ------------------------------------------------------------------------------------

struct PaddedAttention : torch::autograd::Function<PaddedAttention> {
  static Tensor forward(AutogradContext* context, const Tensor& query, const Tensor& key, const Tensor& value, const Plan& plan,
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
      scores.div_(root).narrow(1, head.visible, head.columns - head.visible).fill_(kLowest);
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
    const Plan plan(sizes, listOf("visible"), listOf("columns"), listOf("sums"));
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

// ---- what keeps the bits -------------------------------------------------------------------------------------

/// Whether, on this machine, so many columns and keys give the bits of all: tried on random numbers, there and back. These lie in
/// memory as what the layers before give, and are at most two rows and heads: to matmul, more are alike, but one is not.
bool keepsBits(at::IntArrayRef sizes, int64_t columns, int64_t sums) {
  const auto batch = std::min<int64_t>(sizes[0], 2), heads = std::min<int64_t>(sizes[1], 2), length = sizes[2], width = sizes[3];
  const c10::AutoGradMode withGradients(true);
  const auto generator = at::detail::createCPUGenerator(length * width + columns);
  const auto draw = [&] { return at::randn({batch, length, heads, width}, generator, at::kFloat).transpose(1, 2); };
  const variable_list inputs{draw().requires_grad_(), draw().requires_grad_(), draw().requires_grad_()}, weights{draw()};
  const auto mask = at::zeros({length});
  mask.narrow(0, columns, length - columns).fill_(kLowest);
  const auto resultsOf = [&](const Tensor& output) {
    auto results = torch::autograd::grad({output}, inputs, weights);
    results.push_back(output);
    return results;
  };
  const auto expected = resultsOf(composed(inputs[0], inputs[1], inputs[2], mask, 0));
  const auto each = [&](int64_t count) { return Sizes(static_cast<size_t>(batch), count); };
  const Plan plan(inputs[0].sizes(), each(columns), each(columns), each(sums));
  const auto got = resultsOf(PaddedAttention::apply(inputs[0], inputs[1], inputs[2], plan, 0.0, true));
  return std::equal(got.begin(), got.end(), expected.begin(), [](const Tensor& a, const Tensor& b) { return a.equal(b); });
}

/// Columns come in whole vectors, so that sums over a row put each into the lane that it has among all.
constexpr int64_t kStep = 32;

/// The least columns and keys that keep the bits for a row that sees `visible`; none where not even all do.
std::optional<std::pair<int64_t, int64_t>> chooseWidths(at::IntArrayRef sizes, int64_t visible) {
  const auto length = sizes[2];
  const auto columns = std::min(length, (visible + kStep - 1) / kStep * kStep);
  static std::mutex mutex;
  static std::map<std::array<int64_t, 6>, std::optional<std::pair<int64_t, int64_t>>> known;
  const std::lock_guard<std::mutex> lock(mutex);
  const std::array<int64_t, 6> key{sizes[0] > 1, sizes[1] > 1, length, sizes[3], columns, at::get_num_threads()};
  auto [entry, isNew] = known.try_emplace(key);
  if (!isNew) return entry->second;
  for (const auto& [some, keys] : {std::pair{columns, columns}, {columns, length}, {length, length}}) {
    if (!keepsBits(sizes, some, keys)) continue;
    entry->second = {some, keys};
    break;
  }
  return entry->second;
}

/// None where it does not pay: batches that are cut to their longest row have any length, each to be tried, and little padding.
std::optional<Plan> planFor(const Tensor& query, const Sizes& visible) {
  if (query.size(2) % kStep != 0) return std::nullopt;
  Sizes columns, sums;
  for (const auto count : visible) {
    const auto widths = chooseWidths(query.sizes(), count);
    if (!widths) return std::nullopt;
    columns.push_back(widths->first);
    sums.push_back(widths->second);
  }
  return Plan(query.sizes(), visible, std::move(columns), std::move(sums));
}

/// How many keys each row sees, where each sees its first ones: of a mask [batch, length] of ones and zeros on the CPU.
std::optional<Sizes> visibleKeys(const Tensor& mask) {
  if (!mask.is_cpu() || mask.scalar_type() != at::kLong) return std::nullopt;
  const auto flags = mask.contiguous();
  const auto length = flags.size(1);
  Sizes counts;
  for (int64_t row = 0; row < flags.size(0); ++row) {
    const auto* begin = flags.const_data_ptr<int64_t>() + row * length;
    const auto* end = begin + length;
    const auto* hidden = std::find_if(begin, end, [](int64_t flag) { return flag != 1; });
    if (hidden == begin || std::any_of(hidden, end, [](int64_t flag) { return flag != 0; })) return std::nullopt;
    counts.push_back(hidden - begin);
  }
  return counts;
}

/// `visible` where visibleKeys knew; `mask` says the same, as what is added to scores. `p` is 0 outside of training.
Tensor paddedAttention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask, std::optional<Sizes> visible,
                       double p) {
  const auto plan = visible && p < 1 && query.scalar_type() == at::kFloat ? planFor(query, *visible) : std::nullopt;
  if (!plan) return composed(query, key, value, mask, p);
  const auto keeps = c10::GradMode::is_enabled() && (query.requires_grad() || key.requires_grad() || value.requires_grad());
  return PaddedAttention::apply(query, key, value, *plan, p, keeps);
}

}  // namespace

void definePaddedAttention(Napi::Object& exports) {
  define(exports, "visibleKeys", visibleKeys);
  define(exports, "paddedAttention", paddedAttention);
}

}  // namespace qa
