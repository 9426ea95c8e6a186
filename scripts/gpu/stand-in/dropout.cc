// Dropout, whose mask a graph draws anew at each launch.
#include <torch/library.h>

#include "operators.h"

namespace standIn {
namespace {

using at::Tensor;

std::tuple<Tensor, Tensor> dropout(const Tensor& input, double p, std::optional<bool>) {
  const auto draw = Draw::take();
  const auto output = at::empty_like(input), mask = at::empty_like(input, input.options().dtype(at::kBool));
  const auto from = onHost(input), to = onHost(output), kept = onHost(mask);
  compute([=] {
    kept.copy_(keptBy(draw.generator(), from.sizes(), p));
    to.copy_(from * kept * (1 / (1 - p)));
  });
  return {output, mask};
}

TORCH_LIBRARY_IMPL(aten, CUDA, library) { library.impl("native_dropout", dropout); }

}  // namespace
}  // namespace standIn
