// BERT's attention over padded rows: dropout(softmax(Q Kᵀ / sqrt(d) + mask)) V. On the CPU by a plan that leaves out what the mask
// hides, wherever that gives the same bits.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "binding.h"
#include "dropout.h"
#include "planned-attention.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::variable_list;

/// Operation by operation, as transformers' eager attention: what a plan gives the bits of. Query, key and
/// value [batch, heads, length, width], `mask` is added to [batch, heads, length, length] scores.
Tensor composed(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask, double p) {
  const auto root = std::sqrt(static_cast<double>(query.size(-1)));
  const auto scores = at::matmul(query, key.transpose(-1, -2)).div_(root).add_(mask);
  return at::matmul(qa::dropout(scores.softmax(-1), p, true), value);
}

/// Whether, on this machine, so many columns and keys give the bits of all: tried on random numbers, there and back. These lie in
/// memory as what the layers before give, and are at most two rows and heads: to matmul, more are alike, but one is not.
bool keepsBits(at::IntArrayRef sizes, int64_t columns, int64_t sums) {
  const auto batch = std::min<int64_t>(sizes[0], 2), heads = std::min<int64_t>(sizes[1], 2), length = sizes[2], width = sizes[3];
  const c10::AutoGradMode withGradients(true);
  const auto generator = at::detail::createCPUGenerator(length * width + columns);
  const auto draw = [&] { return at::randn({batch, length, heads, width}, generator, at::kFloat).transpose(1, 2); };
  const variable_list inputs{draw().requires_grad_(), draw().requires_grad_(), draw().requires_grad_()}, weights{draw()};
  const auto mask = at::zeros({length});
  mask.narrow(0, columns, length - columns).fill_(kLowestScore);
  const auto resultsOf = [&](const Tensor& output) {
    auto results = torch::autograd::grad({output}, inputs, weights);
    results.push_back(output);
    return results;
  };
  const auto expected = resultsOf(composed(inputs[0], inputs[1], inputs[2], mask, 0));
  const auto each = [&](int64_t count) { return Sizes(static_cast<size_t>(batch), count); };
  const AttentionPlan plan(inputs[0].sizes(), each(columns), each(columns), each(sums));
  const auto got = resultsOf(plannedAttention(inputs[0], inputs[1], inputs[2], plan, 0.0, true));
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
std::optional<AttentionPlan> planFor(const Tensor& query, const Sizes& visible) {
  if (query.size(2) % kStep != 0) return std::nullopt;
  Sizes columns, sums;
  for (const auto count : visible) {
    const auto widths = chooseWidths(query.sizes(), count);
    if (!widths) return std::nullopt;
    columns.push_back(widths->first);
    sums.push_back(widths->second);
  }
  return AttentionPlan(query.sizes(), visible, std::move(columns), std::move(sums));
}

/// How many keys each row sees, where each sees its first ones: of a mask [batch, length] of ones and zeros on the CPU.
std::optional<Sizes> visibleKeys(const Tensor& mask) {
  TORCH_CHECK(mask.dim() == 2, "expected an attention mask [batch, length], got one of shape ", mask.sizes());
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
  // A mask of other sizes the composition spreads over the scores, as Python does, or refuses.
  const auto fits = mask.size(0) == query.size(0) && mask.size(-1) == query.size(2);
  const auto plans = visible && fits && p >= 0 && p < 1 && query.scalar_type() == at::kFloat;
  const auto plan = plans ? planFor(query, *visible) : std::nullopt;
  if (!plan) return composed(query, key, value, mask, p);
  const auto keeps = c10::GradMode::is_enabled() && (query.requires_grad() || key.requires_grad() || value.requires_grad());
  return plannedAttention(query, key, value, *plan, p, keeps);
}

}  // namespace

void definePaddedAttention(Napi::Object& exports) {
  define(exports, "visibleKeys", visibleKeys);
  define(exports, "paddedAttention", paddedAttention);
}

}  // namespace qa
