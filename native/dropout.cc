// Dropout of float32 tensors on the CPU: the mask as bytes, drawn in bulk, applied in one pass each way. LibTorch draws a
// float mask, scales it and multiplies by it: four bytes an element instead of one, and three passes instead of one.
// Both give the same bits.
#include "dropout.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/custom_function.h>

#include "binding.h"
#include "mersenne-twister.h"
#include "parallel.h"
#include "vectorize.h"

namespace qa {

// By zero, too, as LibTorch does: the sign of a zero and a NaN stay what they are there.
QA_VECTORIZE void applyDropoutMask(const float* input, const uint8_t* mask, float scale, float* output, int64_t count) {
  for (int64_t i = 0; i < count; ++i) output[i] = input[i] * (mask[i] != 0 ? scale : 0.0F);
}

float dropoutScale(double p) { return at::ones({1}).div_(1 - p).item<float>(); }

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// `input` times the mask times `scale`, element by element in memory: both have the same strides, without gaps.
Tensor applyMask(const Tensor& input, const Tensor& mask, float scale) {
  auto output = at::empty_like(input);
  const auto* from = input.const_data_ptr<float>();
  const auto* bytes = mask.const_data_ptr<uint8_t>();
  auto* to = output.mutable_data_ptr<float>();
  parallelFor(input.numel(), at::internal::GRAIN_SIZE,
              [&](int64_t begin, int64_t end) { applyDropoutMask(from + begin, bytes + begin, scale, to + begin, end - begin); });
  return output;
}

struct Dropout : torch::autograd::Function<Dropout> {
  static Tensor forward(AutogradContext* context, const Tensor& input, double p) {
    const auto mask = at::empty_strided(input.sizes(), input.strides(), at::kByte);
    bernoulliMask(mask.mutable_data_ptr<uint8_t>(), mask.numel(), 1 - p, at::detail::getDefaultCPUGenerator());
    const auto scale = dropoutScale(p);
    context->save_for_backward({mask});
    context->saved_data["scale"] = static_cast<double>(scale);
    return applyMask(input, mask, scale);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto mask = context->get_saved_variables()[0];
    const auto scale = context->saved_data["scale"].toDouble();
    const auto& gradient = gradients[0];
    if (gradient.strides() == mask.strides()) return {applyMask(gradient, mask, static_cast<float>(scale)), Tensor()};
    return {gradient * mask.to(at::kFloat).mul_(scale), Tensor()};
  }
};

}  // namespace

Tensor dropout(const Tensor& input, double p, bool train) {
  const bool ours = train && p > 0 && p < 1 && input.is_cpu() && input.scalar_type() == at::kFloat &&
                    input.numel() > 0 && input.is_non_overlapping_and_dense();
  return ours ? Dropout::apply(input, p) : at::dropout(input, p, train);
}

void defineDropout(Napi::Object& exports) { define(exports, "dropout", dropout); }

}  // namespace qa
