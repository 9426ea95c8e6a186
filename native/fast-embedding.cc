// Rows of a table whose gradient is summed otherwise than LibTorch does. For a GPU: its kernel goes over all tokens in one order, a few
// at a time, with an eighth of a GPU's cores or fewer. For the CPU: without the rows that no token has.
#include <torch/csrc/autograd/custom_function.h>

#include <array>

#include "binding.h"
#include "row-gradient.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows of a table that are summed as a product with a matrix of zeros and ones.
constexpr int64_t kFewRows = 64;

struct FewRows : torch::autograd::Function<FewRows> {
  static Tensor forward(AutogradContext* context, const Tensor& weight, const Tensor& indices) {
    context->save_for_backward({indices});
    context->saved_data["rows"] = weight.size(0);
    return at::embedding(weight, indices);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto indices = context->get_saved_variables()[0].view({1, -1});
    const auto& grad = gradients[0];
    const auto rows = at::arange(context->saved_data["rows"].toInt(), indices.options()).unsqueeze(1);
    return {rows.eq(indices).to(grad.scalar_type()).mm(grad.reshape({-1, grad.size(-1)})), Tensor()};
  }
};

Tensor fastEmbedding(const Tensor& weight, const Tensor& indices, int64_t paddingIdx) {
  if (weight.is_cpu() || weight.size(0) > kFewRows || paddingIdx >= 0) return at::embedding(weight, indices, paddingIdx);
  return FewRows::apply(weight, indices);
}

/// LibTorch takes writing rows for something that may come out in any order, and sorts them first where a run is to be deterministic;
/// no two groups have the same row.
class WithoutSorting {
 public:
  WithoutSorting() : before_(at::globalContext().deterministicAlgorithms()), warns_(at::globalContext().deterministicAlgorithmsWarnOnly()) {
    at::globalContext().setDeterministicAlgorithms(false, false);
  }
  ~WithoutSorting() { at::globalContext().setDeterministicAlgorithms(before_, warns_); }
  WithoutSorting(const WithoutSorting&) = delete;

 private:
  bool before_, warns_;
};

/// Each group of tokens is summed on its own, in their order, so that a seed has one result.
struct GroupedRows : torch::autograd::Function<GroupedRows> {
  static Tensor forward(AutogradContext* context, const Tensor& weight, const Tensor& indices, const std::array<Tensor, 3>& groups,
                        int64_t paddingIdx) {
    context->save_for_backward({groups[0], groups[1], groups[2]});
    context->saved_data["rows"] = weight.size(0);
    context->saved_data["paddingIdx"] = paddingIdx;
    return at::embedding(weight, indices);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto &order = saved[0], &starts = saved[1], &target = saved[2], &grad = gradients[0];
    const auto rows = context->saved_data["rows"].toInt(), paddingIdx = context->saved_data["paddingIdx"].toInt();
    const auto sums = at::segment_reduce(grad.index_select(0, order), "sum", /*lengths=*/{}, /*indices=*/{}, /*offsets=*/starts,
                                         /*axis=*/0, /*unsafe=*/true);
    // Empty groups, whose sums are zeros, all go to a row above the first.
    const WithoutSorting guard;
    const auto whole = at::zeros({1 + rows, grad.size(1)}, grad.options()).index_copy_(0, target, sums);
    if (paddingIdx >= 0) whole[1 + paddingIdx].zero_();
    return {whole.narrow(0, 1, rows), Tensor(), Tensor(), Tensor()};
  }
};

/// Rows [tokens, width] of a table by int64 `indices` [tokens], which `order` [tokens], `starts` [tokens + 1] and `target` [tokens]
/// hold once more by groups (src/data/row-groups.ts), whose tokens have a gradient.
Tensor groupedEmbedding(const Tensor& weight, const Tensor& indices, const Tensor& order, const Tensor& starts, const Tensor& target,
                        int64_t paddingIdx) {
  // LibTorch reads what they say; a GPU would have to be waited for.
  TORCH_CHECK(!starts.is_cpu() || (starts.min().item<int64_t>() >= 0 && starts.max().item<int64_t>() <= order.size(0)),
              "expected groups of the ", order.size(0), " tokens in their order, got some beyond");
  return GroupedRows::apply(weight, indices, std::array{order, starts, target}, paddingIdx);
}

struct SparseRows : torch::autograd::Function<SparseRows> {
  static Tensor forward(AutogradContext* context, const Tensor& weight, const Tensor& indices, int64_t paddingIdx) {
    context->save_for_backward({indices});
    context->saved_data["rows"] = weight.size(0);
    context->saved_data["paddingIdx"] = paddingIdx;
    return at::embedding(weight, indices);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto indices = context->get_saved_variables()[0];
    const auto rows = context->saved_data["rows"].toInt(), paddingIdx = context->saved_data["paddingIdx"].toInt();
    const auto grad = gradients[0].reshape({indices.numel(), gradients[0].size(-1)}).contiguous();
    return {RowGradient::sum(indices.contiguous(), grad, paddingIdx).sparse(rows), Tensor(), Tensor()};
  }
};

/// With a sparse gradient, torch.nn.Embedding's `sparse=True`: of a float32 table on the CPU; another's is dense.
Tensor sparseEmbedding(const Tensor& weight, const Tensor& indices, int64_t paddingIdx) {
  const auto isOurs = weight.is_cpu() && weight.scalar_type() == at::kFloat && indices.scalar_type() == at::kLong;
  return isOurs ? SparseRows::apply(weight, indices, paddingIdx) : fastEmbedding(weight, indices, paddingIdx);
}

}  // namespace

void defineFastEmbedding(Napi::Object& exports) {
  define(exports, "sparseEmbedding", sparseEmbedding);
  define(exports, "fastEmbedding", fastEmbedding);
  define(exports, "groupedEmbedding", groupedEmbedding);
}

}  // namespace qa
