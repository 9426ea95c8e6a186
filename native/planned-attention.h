// BERT's attention over padded rows on the CPU, without what the mask hides: past a row's length all probabilities are zero, and so
// are their gradients. Those columns are left out, and each head goes from its scores to its output in a core's cache.
#pragma once

#include <ATen/core/Tensor.h>

#include <limits>
#include <utility>
#include <vector>

namespace qa {

using Sizes = std::vector<int64_t>;

/// What transformers adds to the scores of padding.
constexpr double kLowestScore = std::numeric_limits<float>::lowest();

/// A batch: its sizes, and for each row the keys it sees, how many columns its scores have, and over how many keys it sums
/// (with zeros past its columns: how a product of matrices adds up may depend on how much there is to add).
struct AttentionPlan {
  int64_t batch, heads, length, width;
  Sizes visible, columns, sums;
  /// Where the rows' probabilities begin, and what they take in all.
  Sizes starts{0};

  AttentionPlan(at::IntArrayRef sizes, Sizes seen, Sizes computed, Sizes summed)
      : batch(sizes[0]), heads(sizes[1]), length(sizes[2]), width(sizes[3]), visible(std::move(seen)),
        columns(std::move(computed)), sums(std::move(summed)) {
    for (const auto count : columns) starts.push_back(starts.back() + heads * length * count);
  }
};

/// dropout(softmax(Q Kᵀ / sqrt(width))) V. Query, key, value and result [batch, heads, length, width]; `keeps` what the gradients need.
at::Tensor plannedAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const AttentionPlan& plan, double p,
                            bool keeps);

}  // namespace qa
