// The optimizer's arithmetic over all parameters at once; which parameters, which rates and when is TypeScript's.
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "binding.h"
#include "parallel.h"
#include "row-gradient.h"
#include "vectorize.h"

namespace qa {
namespace {

using at::Tensor;
using Tensors = std::vector<Tensor>;
using OptionalTensor = std::optional<Tensor>;

/// What one parameter's update needs, its `step`-th. `touched`, bool [rows], is where a gradient is sparse: the rows that had one before.
struct Update {
  Tensor param, grad, expAvg, expAvgSq;
  int64_t step;
  OptionalTensor touched;

  template <typename Holds>
  bool all(Holds holds) const {
    return holds(param) && holds(grad) && holds(expAvg) && holds(expAvgSq);
  }
  /// Whether they have one type and one place for each element, as LibTorch's fused kernel asks.
  bool isAlike() const {
    return all([&](const Tensor& a) {
      return a.is_non_overlapping_and_dense() && a.strides() == param.strides() && a.scalar_type() == param.scalar_type();
    });
  }
  /// Whether its tensors are float32 in main memory, with the same number of each in the same place: in rows or, as some files have
  /// matrices, in columns.
  bool isFlat() const {
    const auto areThere = all([](const Tensor& a) { return a.is_cpu() && a.scalar_type() == at::kFloat; });
    return areThere && (all([](const Tensor& a) { return a.is_contiguous(); }) || isAlike());
  }
  Update piece(int64_t start, int64_t size) const {
    const auto part = [&](const Tensor& a) { return a.as_strided({size}, {1}, a.storage_offset() + start); };
    return {part(param), part(grad), part(expAvg), part(expAvgSq), step, {}};
  }
};

/// One update in one pass, contracting products and sums: other last bits.
QA_VECTORIZE void updateFused(float* param, const float* grad, float gradScale, float* expAvg, float* expAvgSq, int64_t size, float rate,
                              float beta1, float beta2, float eps, float kept) {
  for (int64_t i = 0; i < size; ++i) {
    const auto g = grad[i] * gradScale;
    expAvg[i] = beta1 * expAvg[i] + (1.0F - beta1) * g;
    expAvgSq[i] = beta2 * expAvgSq[i] + (1.0F - beta2) * g * g;
    param[i] = (param[i] - rate * expAvg[i] / (std::sqrt(expAvgSq[i]) + eps)) * kept;
  }
}

/// The tensors of many updates, as LibTorch's operations on lists take them.
struct Lists {
  Tensors params, grads, expAvgs, expAvgSqs;

  explicit Lists(const std::vector<Update>& updates) {
    for (const auto& update : updates) {
      params.push_back(update.param);
      grads.push_back(update.grad);
      expAvgs.push_back(update.expAvg);
      expAvgSqs.push_back(update.expAvgSq);
    }
  }
};

/// transformers' AdamW (4.46.3), in four ways. Unlike torch.optim.AdamW it adds eps to sqrt(v) before the bias correction,
/// which it puts into the step size, and decays the weights after the update.
struct Arithmetic {
  double lr, beta1, beta2, eps, weightDecay;
  bool correctBias;

  /// 1 - beta^step; in C++, because JavaScript's Math.pow may differ from the C library's, which Python uses, in the last bit.
  double correction(double beta, int64_t step) const { return correctBias ? 1.0 - std::pow(beta, static_cast<double>(step)) : 1.0; }

  /// The learning rate with both bias corrections.
  double rate(int64_t step) const { return correctBias ? lr * std::sqrt(correction(beta2, step)) / correction(beta1, step) : lr; }

  /// Operation by operation, with Python's bits.
  void plain(const Update& a, double rate) const {
    a.expAvg.mul_(beta1).add_(a.grad, 1.0 - beta1);
    a.expAvgSq.mul_(beta2).addcmul_(a.grad, a.grad, 1.0 - beta2);
    const auto denominator = a.expAvgSq.sqrt().add_(eps);
    a.param.addcdiv_(a.expAvg, denominator, -rate);
    if (weightDecay > 0.0) a.param.add_(a.param, -lr * weightDecay);
  }

  /// In one pass over `size` elements in main memory from `start` on, of gradients `grad` times `gradScale`.
  void fused(const Update& a, const float* grad, int64_t start, int64_t size, double rate, double gradScale) const {
    const auto real = [](double value) { return static_cast<float>(value); };
    const auto from = [start](const Tensor& tensor) { return tensor.mutable_data_ptr<float>() + start; };
    updateFused(from(a.param), grad, real(gradScale), from(a.expAvg), from(a.expAvgSq), size, real(rate), real(beta1), real(beta2),
                real(eps), real(1.0 - lr * weightDecay));
  }

  /// `plain` for many parameters at a time: on a GPU a few kernels where there were seven a parameter.
  void foreach(const std::vector<Update>& updates) const {
    const Lists all(updates);
    std::vector<at::Scalar> factors;
    for (const auto& update : updates) factors.emplace_back(-rate(update.step));
    at::_foreach_mul_(all.expAvgs, beta1);
    at::_foreach_add_(all.expAvgs, all.grads, 1.0 - beta1);
    at::_foreach_mul_(all.expAvgSqs, beta2);
    at::_foreach_addcmul_(all.expAvgSqs, all.grads, all.grads, 1.0 - beta2);
    const auto denominators = at::_foreach_sqrt(all.expAvgSqs);
    at::_foreach_add_(denominators, eps);
    at::_foreach_addcdiv_(all.params, all.expAvgs, denominators, factors);
    if (weightDecay > 0.0) at::_foreach_add_(all.params, all.params, -lr * weightDecay);
  }

  /// In one pass, many at a time, of which this is each one's `step`-th: on a GPU one kernel. It is torch.optim.AdamW's, which adds
  /// eps after the bias correction, and so is given a larger one; and which decays before the update. None where `skip` holds 1.
  void fusedForeach(const std::vector<Update>& updates, int64_t step, const OptionalTensor& skip) const {
    const Lists all(updates);
    // To count up to infinity is to correct nothing.
    const auto count = correctBias ? static_cast<double>(step) : std::numeric_limits<double>::infinity();
    const Tensors counts(updates.size(), at::full({}, count, all.params[0].options().dtype(at::kFloat)));
    at::_fused_adamw_(all.params, all.grads, all.expAvgs, all.expAvgSqs, {}, counts, lr, beta1, beta2, /*weight_decay=*/0.0,
                      eps / std::sqrt(correction(beta2, step)), /*amsgrad=*/false, /*maximize=*/false, /*grad_scale=*/{}, /*found_inf=*/skip);
    if (weightDecay <= 0.0) return;
    if (skip) at::_foreach_mul_(all.params, skip->sub(1.0).mul(lr * weightDecay).add(1.0));
    else at::_foreach_mul_(all.params, 1.0 - lr * weightDecay);
  }
};

/// Elements that are updated at a time: their four tensors stay in a core's cache from the first operation to the last.
constexpr int64_t kPiece = 1 << 14;

/// An update in main memory, on all threads.
void updateFlat(const Arithmetic& arithmetic, const Update& update, double gradScale, bool fused) {
  const auto rate = arithmetic.rate(update.step);
  parallelPieces(update.param.numel(), kPiece, 2, [&](int64_t begin, int64_t end) {
    const c10::NoGradGuard noGrad;
    for (auto start = begin; start < end; start += kPiece) {
      const auto size = std::min(kPiece, end - start);
      if (fused) arithmetic.fused(update, update.grad.const_data_ptr<float>() + start, start, size, rate, gradScale);
      else arithmetic.plain(update.piece(start, size), rate);
    }
  });
}

/// Of a sparse gradient: the rows that it has, and those that had one before, which go on by their momentum. The others stay as they
/// are, but for weight decay.
void updateRows(const Arithmetic& arithmetic, const Update& update, double gradScale) {
  const auto gradient = RowGradient::of(update.grad);
  const auto rows = update.param.size(0), width = update.param.size(1);
  auto* const touched = update.touched->mutable_data_ptr<bool>();
  const std::vector<float> zeros(static_cast<size_t>(width));
  std::vector<const float*> gradOf(static_cast<size_t>(rows), zeros.data());
  for (int64_t i = 0; i < gradient.rows.numel(); ++i) {
    const auto row = gradient.rows.const_data_ptr<int64_t>()[i];
    gradOf[static_cast<size_t>(row)] = gradient.values.const_data_ptr<float>() + i * width;
    touched[row] = true;
  }
  const auto rate = arithmetic.rate(update.step);
  parallelFor(rows, 64, [&](int64_t begin, int64_t end) {
    for (auto row = begin; row < end; ++row) {
      if (!touched[row] && arithmetic.weightDecay == 0) continue;
      arithmetic.fused(update, gradOf[static_cast<size_t>(row)], row * width, width, rate, gradScale);
    }
  });
}

/// Rows that a gradient touched: bool [rows], of a matrix's moments.
Tensor touchedRows(const Tensor& expAvg, const Tensor& expAvgSq) { return expAvg.ne(0).any(1).logical_or_(expAvgSq.ne(0).any(1)); }

/// One step, of gradients times `gradScale`; `steps` counts each parameter's own updates. `skip`, a float32 scalar where the parameters
/// are, says whether it is one: nothing changes where it holds 1, else 0. `touched` has something for each sparse gradient, to which it
/// adds its rows.
void adamW(Tensors params, Tensors grads, Tensors expAvgs, Tensors expAvgSqs, std::vector<OptionalTensor> touched,
           std::vector<int64_t> steps, double lr, double beta1, double beta2, double eps, double weightDecay, bool correctBias,
           double gradScale, bool fused, OptionalTensor skip) {
  // A GPU is not waited for.
  if (skip && skip->is_cpu() && skip->item<float>() == 1) return;
  const Arithmetic arithmetic{lr, beta1, beta2, eps, weightDecay, correctBias};
  const c10::NoGradGuard noGrad;
  for (size_t index = 0; index < params.size(); ++index) {
    const auto sizes = params[index].sizes();
    TORCH_CHECK(grads[index].sizes() == sizes, "expected a gradient of the shape ", sizes, ", got ", grads[index].sizes());
  }
  std::vector<Update> others;
  std::map<int64_t, std::vector<Update>> fusedByStep;
  for (size_t index = 0; index < params.size(); ++index) {
    Update update{params[index], grads[index], expAvgs[index], expAvgSqs[index], steps[index], touched[index]};
    if (update.touched) {
      updateRows(arithmetic, update, gradScale);
      continue;
    }
    if (update.grad.is_sparse()) update.grad = update.grad.to_dense();
    const auto isFlat = update.isFlat();
    if (gradScale != 1 && !(isFlat && fused)) update.grad = update.grad * gradScale;
    if (isFlat) updateFlat(arithmetic, update, gradScale, fused);
    else if (fused && update.isAlike()) fusedByStep[update.step].push_back(update);
    else others.push_back(update);
  }
  if (!others.empty() && !(skip && skip->item<float>() == 1)) arithmetic.foreach(others);
  for (const auto& [step, updates] : fusedByStep) arithmetic.fusedForeach(updates, step, skip);
}

}  // namespace

void defineOptim(Napi::Object& exports) {
  define(exports, "adamW", adamW);
  define(exports, "touchedRows", touchedRows);
  // For the schedule: JavaScript's Math.cos may differ from the C library's, which Python uses, in the last bit.
  define(exports, "cosine", [](double x) { return std::cos(x); });
}

}  // namespace qa
