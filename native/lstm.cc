// The LSTM over packed sequences, and packing.
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// One LSTM layer's recurrence, from a zero state: gates of the inputs, [N, 4 H], to hidden states, [N, H], of packed
/// rows. It computes what autograd records for at::lstm, in that order and so with its bits. But autograd gives the
/// gradient of every step's slice as a tensor of all steps, zero elsewhere, and sums these; here they are concatenated.
/// Every operand of a product is a tensor of its own: products of slices that lie askew in memory have other last bits.
struct Recurrence : torch::autograd::Function<Recurrence> {
  /// What the gradients of a step need, in the order in which it is saved.
  enum Saved { kGates, kCell, kCellTanh, kHidden, kSavedPerStep };

  static Tensor forward(AutogradContext* context, const Tensor& inputGates, const Tensor& weight, const Tensor& bias,
                        const Tensor& batchSizes) {
    const auto transposed = weight.t();
    std::vector<Tensor> saved{weight}, outputs;
    auto hidden = at::zeros({batchSizes[0].item<int64_t>(), weight.size(1)}, inputGates.options());
    auto cell = hidden;
    for (const auto& input : splitSteps(inputGates, batchSizes)) {
      const auto rows = input.size(0);
      const auto gates = at::addmm(bias, hidden.narrow(0, 0, rows), transposed).add_(input);
      const auto part = gates.chunk(4, 1);
      for (const auto index : {0, 1, 3}) part[index].sigmoid_();
      part[2].tanh_();
      cell = (part[1] * cell.narrow(0, 0, rows)).add_(part[0] * part[2]);
      const auto cellTanh = cell.tanh();
      hidden = part[3] * cellTanh;
      saved.insert(saved.end(), {gates, cell, cellTanh, hidden});
      outputs.push_back(hidden);
    }
    context->save_for_backward(std::move(saved));
    context->saved_data["batchSizes"] = batchSizes;
    return at::cat(outputs);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto batchSizes = context->saved_data["batchSizes"].toTensor();
    const auto& weight = saved[0];
    const auto outputGrads = splitSteps(gradients[0], batchSizes);
    const auto of = [&](Saved what, size_t step) { return saved[1 + step * kSavedPerStep + what]; };
    const auto zero = at::zeros({outputGrads[0].size(0), weight.size(1)}, weight.options());
    const auto before = [&](Saved what, size_t step, int64_t rows) {
      return (step == 0 ? zero : of(what, step - 1)).narrow(0, 0, rows);
    };
    auto weightGrad = at::zeros_like(weight), product = at::empty_like(weight);
    auto biasGrad = at::zeros({weight.size(0)}, weight.options());
    std::vector<Tensor> gateGrads(outputGrads.size());
    // Of the step after, whose rows may be fewer.
    Tensor nextHidden, nextCell;
    for (auto step = outputGrads.size(); step-- > 0;) {
      const auto rows = outputGrads[step].size(0);
      const auto plusNext = [rows](const Tensor& grad, const Tensor& next) {
        return next.defined() ? grad + at::constant_pad_nd(next, {0, 0, 0, rows - next.size(0)}) : grad;
      };
      const auto gate = of(kGates, step).chunk(4, 1);
      const auto cellTanh = of(kCellTanh, step);
      const auto hiddenGrad = plusNext(outputGrads[step], nextHidden);
      const auto cellGrad = plusNext(at::tanh_backward(hiddenGrad * gate[3], cellTanh), nextCell);
      const auto gateGrad = at::cat({at::sigmoid_backward(cellGrad * gate[2], gate[0]),
                                     at::sigmoid_backward(cellGrad * before(kCell, step, rows), gate[1]),
                                     at::tanh_backward(cellGrad * gate[0], gate[2]),
                                     at::sigmoid_backward(hiddenGrad * cellTanh, gate[3])},
                                    1);
      nextCell = cellGrad * gate[1];
      nextHidden = gateGrad.mm(weight);
      // Not addmm: its sums begin with what is there, those of autograd with the products.
      weightGrad.add_(at::mm_out(product, gateGrad.t(), before(kHidden, step, rows)));
      biasGrad.add_(gateGrad.sum(0));
      gateGrads[step] = gateGrad;
    }
    // Autograd's sums with zeros make +0 of -0.
    return {at::cat(gateGrads).add_(0.0), weightGrad, biasGrad, Tensor()};
  }

 private:
  static std::vector<Tensor> splitSteps(const Tensor& packed, const Tensor& batchSizes) {
    const auto* sizes = batchSizes.const_data_ptr<int64_t>();
    return packed.split_with_sizes(at::IntArrayRef(sizes, static_cast<size_t>(batchSizes.numel())));
  }
};

/// torch.nn.LSTM of one layer over packed rows, from a zero state. `p`: weight_ih, weight_hh, bias_ih, bias_hh.
Tensor lstm(const Tensor& data, const Tensor& batchSizes, std::vector<Tensor> p, bool training) {
  const auto first = batchSizes[0].item<int64_t>(), last = batchSizes[-1].item<int64_t>();
  // Rows of one length LibTorch gives to oneDNN, whose bits are others.
  if (data.is_cpu() && first != last) return Recurrence::apply(at::linear(data, p[0], p[2]), p[1], p[3], batchSizes);
  const auto zero = at::zeros({1, first, p[1].size(1)}, data.options());
  return std::get<0>(at::lstm(data, batchSizes, {zero, zero}, p, true, 1, 0.0, training, false));
}

}  // namespace

void defineLstm(Napi::Object& exports) {
  define(exports, "packPaddedSequence", [](const Tensor& input, const Tensor& lengths, bool batchFirst) {
    return at::_pack_padded_sequence(input, lengths, batchFirst);
  });
  define(exports, "padPackedSequence", [](const Tensor& data, const Tensor& batchSizes, bool batchFirst, int64_t length) {
    return at::_pad_packed_sequence(data, batchSizes, batchFirst, 0.0, length);
  });
  define(exports, "lstm", lstm);
  // With --fast: of one layer over rows of one length [length, batch, width], which LibTorch gives to oneDNN.
  define(exports, "denseLstm", [](const Tensor& input, std::vector<Tensor> state, std::vector<Tensor> parameters, bool training) {
    return at::lstm(input, state, parameters, true, 1, 0.0, training, false, false);
  });
}

}  // namespace qa
