// Tensors to and from typed arrays, their properties, their dtype and device, and autograd.
#include <cstring>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;

at::ScalarType scalarType(const std::string& name) {
  static constexpr std::pair<const char*, at::ScalarType> kTypes[] = {
      {"float32", at::kFloat}, {"float64", at::kDouble},      {"int64", at::kLong}, {"int32", at::kInt},
      {"bool", at::kBool},     {"bfloat16", at::kBFloat16}, {"uint8", at::kByte},
  };
  for (const auto& [key, type] : kTypes) {
    if (name == key) return type;
  }
  TORCH_CHECK(false, "expected a dtype of float32, float64, int64, int32, bool, bfloat16 or uint8, got ", name);
}

std::string scalarTypeName(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return "float32";
    case at::kDouble: return "float64";
    case at::kLong: return "int64";
    case at::kInt: return "int32";
    case at::kBool: return "bool";
    case at::kBFloat16: return "bfloat16";
    case at::kByte: return "uint8";
    default: return at::toString(type);
  }
}

at::ScalarType elementType(const Napi::TypedArray& array) {
  switch (array.TypedArrayType()) {
    case napi_float32_array: return at::kFloat;
    case napi_float64_array: return at::kDouble;
    case napi_int32_array: return at::kInt;
    case napi_bigint64_array: return at::kLong;
    case napi_uint8_array: return at::kByte;
    default: TORCH_CHECK(false, "expected a Float32, Float64, Int32, BigInt64 or Uint8 array");
  }
}

/// What goes to a GPU through pinned memory: batches do; of weights that memory, which LibTorch keeps, would be too much.
constexpr size_t kMostPinned = 1 << 20;

/// `target` with the elements of `source`. A GPU fetches these out of pinned memory when it is done with what it was asked before;
/// for those in any other memory the caller would have to wait until then.
Tensor copyInto(const Tensor& target, const Tensor& source) {
  if (!target.is_cuda() || !source.is_cpu() || source.nbytes() > kMostPinned) return target.copy_(source);
  return target.copy_(source.to(target.scalar_type()).pin_memory(), /*non_blocking=*/true);
}

/// A copy, which leaves the array to JavaScript, whose collector may move or free it.
Tensor fromArray(Napi::TypedArray array, std::vector<int64_t> shape, std::string dtype, std::string device) {
  // Asked for now, whatever its elements are: a getter of the shape, which was read after the array, may have taken them
  // away. Of a SharedArrayBuffer, too.
  auto data = array.As<Napi::Uint8Array>();
  const auto elements = static_cast<int64_t>(data.ElementLength());
  TORCH_CHECK(c10::multiply_integers(shape) == elements, "expected as many elements as the shape holds, got ", elements);
  const auto borrowed = at::from_blob(data.Data(), shape, at::TensorOptions().dtype(elementType(array)));
  return copyInto(at::empty(shape, at::TensorOptions().dtype(scalarType(dtype)).device(at::Device(device))), borrowed);
}

template <typename Array>
Napi::Value copyTo(Napi::Env env, const Tensor& tensor) {
  auto array = Array::New(env, static_cast<size_t>(tensor.numel()));
  if (tensor.numel() != 0) std::memcpy(array.Data(), tensor.const_data_ptr(), tensor.nbytes());
  return array;
}

/// Float types become a Float32Array (float64 a Float64Array), int64 a BigInt64Array, bool and uint8 a Uint8Array.
Napi::Value toArray(Napi::Value handle) {
  const auto there = unwrap(handle).detach().to(at::kCPU);
  const auto tensor = there.is_sparse() ? there.to_dense() : there.contiguous();
  const auto env = handle.Env();
  switch (tensor.scalar_type()) {
    case at::kFloat: return copyTo<Napi::Float32Array>(env, tensor);
    case at::kBFloat16: return copyTo<Napi::Float32Array>(env, tensor.to(at::kFloat));
    case at::kDouble: return copyTo<Napi::Float64Array>(env, tensor);
    case at::kLong: return copyTo<Napi::BigInt64Array>(env, tensor);
    case at::kInt: return copyTo<Napi::Int32Array>(env, tensor);
    default: return copyTo<Napi::Uint8Array>(env, tensor.to(at::kByte));
  }
}

}  // namespace

void defineTensors(Napi::Object& exports) {
  define(exports, "fromArray", fromArray);
  define(exports, "full", [](std::vector<int64_t> shape, double value, std::string dtype, std::string device) {
    return at::full(shape, value, at::TensorOptions().dtype(scalarType(dtype)).device(at::Device(device)));
  });
  define(exports, "zerosLike", [](const Tensor& a) { return at::zeros_like(a); });
  define(exports, "empty", [](std::vector<int64_t> shape, std::string dtype, std::string device) {
    return at::empty(shape, at::TensorOptions().dtype(scalarType(dtype)).device(at::Device(device)));
  });
  define(exports, "arange", [](int64_t end, std::string device) {
    return at::arange(end, at::TensorOptions().dtype(at::kLong).device(at::Device(device)));
  });

  define(exports, "toArray", toArray);
  define(exports, "item", [](const Tensor& a) { return a.item().toDouble(); });
  define(exports, "shape", [](const Tensor& a) { return a.sizes().vec(); });
  define(exports, "isContiguous", [](const Tensor& a) { return a.is_contiguous(); });
  define(exports, "isSparse", [](const Tensor& a) { return a.is_sparse(); });
  define(exports, "dtype", [](const Tensor& a) { return scalarTypeName(a.scalar_type()); });
  define(exports, "device", [](const Tensor& a) { return a.device().str(); });
  define(exports, "dispose", [](Napi::Value handle) { dispose(handle.Env(), handle); });

  define(exports, "book", [](Napi::Value handle) { book(handle.Env(), handle); });

  define(exports, "copy_", copyInto);
  define(exports, "toDevice", [](const Tensor& a, std::string device) { return a.to(at::Device(device)); });
  define(exports, "toDtype", [](const Tensor& a, std::string dtype) { return a.to(scalarType(dtype)); });

  define(exports, "requiresGrad", [](const Tensor& a) { return a.requires_grad(); });
  define(exports, "setRequiresGrad", [](const Tensor& a, bool value) { a.set_requires_grad(value); });
  define(exports, "backward", [](const Tensor& a) { a.backward(); });
  define(exports, "detach", [](const Tensor& a) { return a.detach(); });
  define(exports, "grad", [](const Tensor& a) -> std::optional<Tensor> {
    if (!a.grad().defined()) return std::nullopt;
    return a.grad();
  });
  define(exports, "clearGrad", [](const Tensor& a) { a.mutable_grad().reset(); });
}

}  // namespace qa
