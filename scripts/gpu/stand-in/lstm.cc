// cuDNN's LSTM of one layer, by LibTorch's for the CPU.
#include <torch/library.h>

#include <thread>

#include "operators.h"

namespace standIn {
namespace {

using at::Tensor;
using Tensors = std::vector<Tensor>;

struct States {
  Tensor output, hidden, cell;
};

/// `sizes` of packed steps, none where rows have one length.
States run(const Tensor& input, const Tensors& weights, const Tensor& hidden, const Tensor& cell, const std::vector<int64_t>& sizes,
           bool batchFirst, bool train) {
  const auto [output, lastHidden, lastCell] =
      sizes.empty() ? at::lstm(input, {hidden, cell}, weights, true, 1, 0.0, train, false, batchFirst)
                    : at::lstm(input, at::tensor(sizes, at::kLong), {hidden, cell}, weights, true, 1, 0.0, train, false);
  return {output, lastHidden, lastCell};
}

Tensors onHost(at::TensorList list) {
  Tensors tensors;
  for (const auto& tensor : list) tensors.push_back(standIn::onHost(tensor));
  return tensors;
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> forward(const Tensor& input, at::TensorList weights, int64_t,
                                                           const std::optional<Tensor>& flat, const Tensor& hidden,
                                                           const std::optional<Tensor>& cell, int64_t, c10::SymInt width, c10::SymInt,
                                                           int64_t, bool batchFirst, double, bool train, bool,
                                                           c10::SymIntArrayRef batchSizes, const std::optional<Tensor>&) {
  auto shape = input.sizes().vec();
  shape.back() = width.expect_int();
  const auto output = at::empty(shape, input.options());
  const auto lastHidden = at::empty_like(hidden), lastCell = at::empty_like(hidden);
  const auto sizes = C10_AS_INTARRAYREF_SLOW(batchSizes).vec();
  const auto x = standIn::onHost(input), h = standIn::onHost(hidden), c = standIn::onHost(*cell);
  const States to{standIn::onHost(output), standIn::onHost(lastHidden), standIn::onHost(lastCell)};
  const auto all = onHost(weights);
  compute([=] {
    const auto states = run(x, all, h, c, sizes, batchFirst, train);
    to.output.copy_(states.output);
    to.hidden.copy_(states.hidden);
    to.cell.copy_(states.cell);
  });
  const auto reserve = at::empty({1}, input.options().dtype(at::kByte));
  const auto weightBuffer = flat && flat->defined() ? *flat : at::empty({0}, input.options());
  return {output, lastHidden, lastCell, reserve, weightBuffer};
}

/// Runs it once more, with autograd, which is on in a thread of its own.
Tensors gradients(const Tensors& inputs, const Tensor& upstream, const std::vector<int64_t>& sizes, bool batchFirst, bool train) {
  Tensors leaves;
  std::exception_ptr error;
  std::thread([&] {
    try {
      for (const auto& input : inputs) leaves.push_back(input.clone().requires_grad_());
      const Tensors weights(leaves.begin() + 3, leaves.end());
      run(leaves[0], weights, leaves[1], leaves[2], sizes, batchFirst, train).output.backward(upstream);
    } catch (...) {
      error = std::current_exception();
    }
  }).join();
  if (error) std::rethrow_exception(error);
  return leaves;
}

std::tuple<Tensor, Tensor, Tensor, Tensors> backward(const Tensor& input, at::TensorList weights, int64_t, const Tensor&,
                                                     const Tensor& hidden, const std::optional<Tensor>& cell, const Tensor&,
                                                     const std::optional<Tensor>& upstream, const std::optional<Tensor>&,
                                                     const std::optional<Tensor>&, int64_t, c10::SymInt, c10::SymInt, int64_t,
                                                     bool batchFirst, double, bool train, bool, c10::SymIntArrayRef batchSizes,
                                                     const std::optional<Tensor>&, const Tensor&, std::array<bool, 4>) {
  Tensors all{input, hidden, *cell}, results;
  all.insert(all.end(), weights.begin(), weights.end());
  for (const auto& each : all) results.push_back(at::empty(each.sizes(), each.options()));
  const auto from = onHost(all), to = onHost(results);
  const auto grad = standIn::onHost(*upstream);
  const auto sizes = C10_AS_INTARRAYREF_SLOW(batchSizes).vec();
  compute([=] {
    const auto leaves = gradients(from, grad, sizes, batchFirst, train);
    for (size_t index = 0; index < leaves.size(); ++index) to[index].copy_(leaves[index].grad());
  });
  return {results[0], results[1], results[2], Tensors(results.begin() + 3, results.end())};
}

TORCH_LIBRARY_IMPL(aten, CUDA, library) {
  library.impl("_cudnn_rnn", forward);
  library.impl("_cudnn_rnn_backward", backward);
}

}  // namespace
}  // namespace standIn
