// GELU of --fast, for the CPU: one pass each way over float32 or bfloat16. The error function and the normal density share an
// exponential (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: to 1.5e-7).
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "binding.h"
#include "numbers.h"
#include "parallel.h"
#include "vectorize.h"

namespace qa {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Of the standard normal distribution at x: its distribution function, and its density times the square root of 2 pi.
struct Normal {
  float below, bell;

  explicit Normal(float x) {
    bell = exponential(-0.5F * x * x);
    const auto t = 1.0F / (1.0F + 0.3275911F * 0.707106781F * std::fabs(x));
    const auto series = t * (0.254829592F + t * (-0.284496736F + t * (1.421413741F + t * (-1.453152027F + t * 1.061405429F))));
    const auto tail = 0.5F * series * bell;
    below = x < 0.0F ? tail : 1.0F - tail;
  }
};

QA_VECTORIZE void geluPart(const float* input, int64_t count, float* output) {
  for (int64_t i = 0; i < count; ++i) output[i] = input[i] * Normal(input[i]).below;
}

/// GELU of each bfloat16 by its bits.
std::vector<uint16_t> makeTable() {
  constexpr size_t kNumbers = 1 << 16;
  std::vector<float> numbers(kNumbers);
  for (size_t bits = 0; bits < kNumbers; ++bits) numbers[bits] = toFloat(static_cast<uint16_t>(bits));
  geluPart(numbers.data(), kNumbers, numbers.data());
  std::vector<uint16_t> table(kNumbers);
  std::transform(numbers.begin(), numbers.end(), table.begin(), fromFloat<uint16_t>);
  return table;
}

/// There are so few numbers of bfloat16 that looking one up takes little more than half as long; those that occur lie in a core's cache.
void geluPart(const uint16_t* input, int64_t count, uint16_t* output) {
  static const auto table = makeTable();
  const auto* const found = table.data();
  for (int64_t i = 0; i < count; ++i) output[i] = found[input[i]];
}

template <typename Element>
QA_VECTORIZE void geluGradientPart(const Element* input, const Element* outputGrad, int64_t count, Element* inputGrad) {
  for (int64_t i = 0; i < count; ++i) {
    const auto x = toFloat(input[i]);
    const Normal normal(x);
    inputGrad[i] = fromFloat<Element>(toFloat(outputGrad[i]) * (normal.below + x * normal.bell * 0.398942280F));
  }
}

/// Numbers that are computed together.
constexpr int64_t kPiece = 1 << 12;

/// Calls compute(zero, begin, end), with a zero of the tensor's type, for parts of its numbers that make it up, on all threads.
template <typename Compute>
void forParts(const Tensor& like, Compute compute) {
  parallelPieces(like.numel(), kPiece, 2, [&](int64_t begin, int64_t end) {
    withElement(like.scalar_type(), [&](auto zero) { compute(zero, begin, end); });
  });
}

struct FastGelu : torch::autograd::Function<FastGelu> {
  static Tensor forward(AutogradContext* context, const Tensor& input) {
    context->save_for_backward({input});
    const auto output = at::empty_like(input);
    forParts(input, [&](auto zero, int64_t begin, int64_t end) {
      using Element = decltype(zero);
      geluPart(static_cast<const Element*>(input.const_data_ptr()) + begin, end - begin,
               static_cast<Element*>(output.mutable_data_ptr()) + begin);
    });
    return output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto input = context->get_saved_variables()[0];
    const auto outputGrad = gradients[0].contiguous();
    const auto inputGrad = at::empty_like(input);
    forParts(input, [&](auto zero, int64_t begin, int64_t end) {
      using Element = decltype(zero);
      geluGradientPart(static_cast<const Element*>(input.const_data_ptr()) + begin,
                       static_cast<const Element*>(outputGrad.const_data_ptr()) + begin, end - begin,
                       static_cast<Element*>(inputGrad.mutable_data_ptr()) + begin);
    });
    return {inputGrad};
  }
};

Tensor fastGelu(const Tensor& input) {
  if (!input.is_cpu() || !isFloatOrBfloat16(input.scalar_type())) return at::gelu(input);
  return FastGelu::apply(input.contiguous());
}

}  // namespace

void defineFastGelu(Napi::Object& exports) { define(exports, "fastGelu", fastGelu); }

}  // namespace qa
