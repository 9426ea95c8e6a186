// Operations on tensors, each a line: the name is PyTorch's in camelCase, the arguments are PyTorch's in its order.
#include <cmath>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;
using Shape = std::vector<int64_t>;
using Tensors = std::vector<Tensor>;
using OptionalTensor = std::optional<Tensor>;

/// A JavaScript number as the scalar that Python would write beside `a`: an int for a tensor of integers where it is
/// whole, and int64 has it, so that the result keeps its dtype.
at::Scalar scalarFor(const Tensor& a, double value) {
  const auto isInt = value == std::trunc(value) && std::abs(value) < 0x1p63;
  if (isInt && at::isIntegralType(a.scalar_type(), true)) return static_cast<int64_t>(value);
  return value;
}

}  // namespace

void defineOps(Napi::Object& exports) {
  // Pointwise.
  define(exports, "add", [](const Tensor& a, const Tensor& b) { return a.add(b); });
  define(exports, "addScalar", [](const Tensor& a, double b) { return a.add(scalarFor(a, b)); });
  define(exports, "sub", [](const Tensor& a, const Tensor& b) { return a.sub(b); });
  define(exports, "rsubScalar", [](const Tensor& a, double b) { return at::rsub(a, scalarFor(a, b)); });
  define(exports, "mul", [](const Tensor& a, const Tensor& b) { return a.mul(b); });
  define(exports, "mulScalar", [](const Tensor& a, double b) { return a.mul(scalarFor(a, b)); });
  define(exports, "div", [](const Tensor& a, const Tensor& b) { return a.div(b); });
  define(exports, "divScalar", [](const Tensor& a, double b) { return a.div(b); });
  define(exports, "reciprocal", [](const Tensor& a) { return a.reciprocal(); });
  define(exports, "exp", [](const Tensor& a) { return a.exp(); });
  define(exports, "log", [](const Tensor& a) { return a.log(); });
  define(exports, "sqrt", [](const Tensor& a) { return a.sqrt(); });
  define(exports, "tanh", [](const Tensor& a) { return a.tanh(); });
  define(exports, "relu", [](const Tensor& a) { return a.relu(); });
  define(exports, "gelu", [](const Tensor& a, std::string approximate) { return at::gelu(a, approximate); });
  define(exports, "silu", [](const Tensor& a) { return at::silu(a); });
  define(exports, "powScalar", [](const Tensor& a, double b) { return a.pow(scalarFor(a, b)); });
  define(exports, "clamp", [](const Tensor& a, std::optional<double> min, std::optional<double> max) {
    std::optional<at::Scalar> low, high;
    if (min) low = scalarFor(a, *min);
    if (max) high = scalarFor(a, *max);
    return a.clamp(low, high);
  });
  define(exports, "eqScalar", [](const Tensor& a, double b) { return a.eq(b); });
  define(exports, "isFinite", [](const Tensor& a) { return a.isfinite(); });
  define(exports, "nanToNum", [](const Tensor& a, double nan) { return a.nan_to_num(nan); });

  // In place.
  define(exports, "add_", [](const Tensor& a, const Tensor& b) { return a.add_(b); });
  define(exports, "mulScalar_", [](const Tensor& a, double b) { return a.mul_(scalarFor(a, b)); });
  define(exports, "divScalar_", [](const Tensor& a, double b) { return a.div_(b); });
  define(exports, "fill_", [](const Tensor& a, double value) { return a.fill_(value); });

  // Shape.
  define(exports, "view", [](const Tensor& a, Shape shape) { return a.view(shape); });
  define(exports, "reshape", [](const Tensor& a, Shape shape) { return a.reshape(shape); });
  define(exports, "transpose", [](const Tensor& a, int64_t dim0, int64_t dim1) { return a.transpose(dim0, dim1); });
  define(exports, "permute", [](const Tensor& a, Shape dims) { return a.permute(dims); });
  define(exports, "contiguous", [](const Tensor& a) { return a.contiguous(); });
  define(exports, "expand", [](const Tensor& a, Shape shape) { return a.expand(shape); });
  define(exports, "unsqueeze", [](const Tensor& a, int64_t dim) { return a.unsqueeze(dim); });
  define(exports, "squeeze", [](const Tensor& a, int64_t dim) { return a.squeeze(dim); });
  define(exports, "narrow", [](const Tensor& a, int64_t dim, int64_t start, int64_t length) {
    return a.narrow(dim, start, length);
  });
  define(exports, "split", [](const Tensor& a, int64_t size, int64_t dim) { return a.split(size, dim); });
  define(exports, "cat", [](Tensors tensors, int64_t dim) { return at::cat(tensors, dim); });
  define(exports, "stack", [](Tensors tensors, int64_t dim) { return at::stack(tensors, dim); });
  define(exports, "indexSelect", [](const Tensor& a, int64_t dim, const Tensor& index) {
    return a.index_select(dim, index);
  });
  define(exports, "scatter_", [](const Tensor& a, int64_t dim, const Tensor& index, const Tensor& source) {
    return a.scatter_(dim, index, source);
  });
  define(exports, "sort", [](const Tensor& a, int64_t dim, bool descending) { return at::sort(a, dim, descending); });

  // Reductions.
  define(exports, "sum", [](const Tensor& a) { return a.sum(); });
  define(exports, "sumDim", [](const Tensor& a, int64_t dim, bool keepdim) { return a.sum(dim, keepdim); });
  define(exports, "mean", [](const Tensor& a) { return a.mean(); });
  define(exports, "max", [](const Tensor& a) { return a.max(); });
  define(exports, "vectorNorm", [](const Tensor& a, double ord) { return at::linalg_vector_norm(a, ord); });
  define(exports, "foreachNorm", [](Tensors tensors, double ord) { return at::_foreach_norm(tensors, ord); });
  define(exports, "foreachMul_", [](Tensors tensors, const Tensor& factor) { at::_foreach_mul_(tensors, factor); });

  // Neural networks (torch.nn.functional).
  define(exports, "matmul", [](const Tensor& a, const Tensor& b) { return a.matmul(b); });
  define(exports, "linear", [](const Tensor& input, const Tensor& weight, OptionalTensor bias) {
    return at::linear(input, weight, bias);
  });
  define(exports, "embedding", [](const Tensor& weight, const Tensor& indices, int64_t paddingIdx) {
    return at::embedding(weight, indices, paddingIdx);
  });
  define(exports, "layerNorm", [](const Tensor& input, Shape shape, const Tensor& weight, const Tensor& bias, double eps) {
    // On a GPU its kernel takes weights of the input's type alone.
    const auto fitted = [&](const Tensor& a) { return input.is_cpu() ? a : a.to(input.scalar_type()); };
    return at::layer_norm(input, shape, fitted(weight), fitted(bias), eps);
  });
  define(exports, "softmax", [](const Tensor& a, int64_t dim) { return a.softmax(dim); });
  define(exports, "logSoftmax", [](const Tensor& a, int64_t dim) { return a.log_softmax(dim); });
  define(exports, "crossEntropy", [](const Tensor& input, const Tensor& target, int64_t ignoreIndex, double smoothing) {
    return at::cross_entropy_loss(input, target, {}, at::Reduction::Mean, ignoreIndex, smoothing);
  });
}

}  // namespace qa
