// Turns a C++ function into a JavaScript one: arguments and results are converted by their C++ types, so that an
// op is one line in a table. Arguments are checked in TypeScript; what still goes wrong becomes a JavaScript error.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "handle.h"

namespace qa {

/// Rethrows the exception in flight as a JavaScript error with `code`, a short message and the rest in `detail`.
[[noreturn]] void throwAsJavaScript(Napi::Env env);

// ---- JavaScript to C++ -------------------------------------------------------------------------------------

template <typename T>
struct From;

template <>
struct From<at::Tensor> {
  // Not a reference: to read a later argument may run JavaScript, an array's getter, which may dispose of this one.
  static at::Tensor convert(const Napi::Value& value) { return unwrap(value); }
};
template <>
struct From<double> {
  static double convert(const Napi::Value& value) { return value.As<Napi::Number>().DoubleValue(); }
};
template <>
struct From<int64_t> {
  // Node-API would cut off what is not whole, and take NaN for 0. Doubles above 2^53 stand for several numbers.
  static int64_t convert(const Napi::Value& value) {
    const auto number = value.As<Napi::Number>().DoubleValue();
    if (number == std::trunc(number) && std::abs(number) <= 0x1p53) return static_cast<int64_t>(number);
    throw Napi::RangeError::New(value.Env(), "expected a whole number, got " + value.ToString().Utf8Value());
  }
};
template <>
struct From<bool> {
  static bool convert(const Napi::Value& value) { return value.As<Napi::Boolean>().Value(); }
};
template <>
struct From<std::string> {
  static std::string convert(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }
};
template <>
struct From<Napi::TypedArray> {
  static Napi::TypedArray convert(const Napi::Value& value) { return value.As<Napi::TypedArray>(); }
};
template <>
struct From<Napi::Value> {
  static Napi::Value convert(const Napi::Value& value) { return value; }
};
template <typename T>
struct From<std::optional<T>> {
  static std::optional<T> convert(const Napi::Value& value) {
    if (value.IsUndefined() || value.IsNull()) return std::nullopt;
    return From<T>::convert(value);
  }
};
template <typename T>
struct From<std::vector<T>> {
  static std::vector<T> convert(const Napi::Value& value) {
    const auto array = value.As<Napi::Array>();
    std::vector<T> items;
    items.reserve(array.Length());
    for (uint32_t index = 0; index < array.Length(); ++index) items.push_back(From<T>::convert(array.Get(index)));
    return items;
  }
};

// ---- C++ to JavaScript -------------------------------------------------------------------------------------

inline Napi::Value toJavaScript(Napi::Env env, at::Tensor value) { return wrap(env, std::move(value)); }
inline Napi::Value toJavaScript(Napi::Env env, double value) { return Napi::Number::New(env, value); }
inline Napi::Value toJavaScript(Napi::Env env, bool value) { return Napi::Boolean::New(env, value); }
inline Napi::Value toJavaScript(Napi::Env env, int64_t value) {
  return Napi::Number::New(env, static_cast<double>(value));
}
inline Napi::Value toJavaScript(Napi::Env env, const std::string& value) { return Napi::String::New(env, value); }
inline Napi::Value toJavaScript(Napi::Env, Napi::Value value) { return value; }

template <typename T>
Napi::Value toJavaScript(Napi::Env env, std::vector<T> values) {
  auto array = Napi::Array::New(env, values.size());
  for (uint32_t index = 0; index < values.size(); ++index) {
    array.Set(index, toJavaScript(env, std::move(values[index])));
  }
  return array;
}
template <typename T>
Napi::Value toJavaScript(Napi::Env env, std::optional<T> value) {
  if (!value) return env.Null();
  return toJavaScript(env, std::move(*value));
}
template <typename... T>
Napi::Value toJavaScript(Napi::Env env, std::tuple<T...> values) {
  auto array = Napi::Array::New(env, sizeof...(T));
  uint32_t index = 0;
  std::apply([&](auto&... value) { (array.Set(index++, toJavaScript(env, std::move(value))), ...); }, values);
  return array;
}

// ---- functions ---------------------------------------------------------------------------------------------

template <typename Function, typename... Arguments, size_t... Index>
Napi::Value call(const Napi::CallbackInfo& info, Function function, std::index_sequence<Index...>) {
  const auto env = info.Env();
  try {
    // In braces they are converted in their order; a function's own arguments are in whichever order a compiler likes.
    std::tuple<std::decay_t<Arguments>...> arguments{From<std::decay_t<Arguments>>::convert(info[Index])...};
    if constexpr (std::is_void_v<std::invoke_result_t<Function, Arguments...>>) {
      std::apply(function, std::move(arguments));
      return env.Undefined();
    } else {
      return toJavaScript(env, std::apply(function, std::move(arguments)));
    }
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throwAsJavaScript(env);
  }
}

template <typename Result, typename... Arguments>
void defineFunction(Napi::Object& exports, const char* name, Result (*function)(Arguments...)) {
  const auto callback = [function](const Napi::CallbackInfo& info) {
    return call<decltype(function), Arguments...>(info, function, std::index_sequence_for<Arguments...>{});
  };
  exports.Set(name, Napi::Function::New(exports.Env(), callback, name));
}

/// Exports one function: `define(exports, "add", [](const Tensor& a, const Tensor& b) { return a + b; })`.
template <typename Lambda>
void define(Napi::Object& exports, const char* name, Lambda lambda) {
  defineFunction(exports, name, +lambda);
}

// The sections of the addon, each defined in the file of its name.
void defineTensors(Napi::Object& exports);
void defineOps(Napi::Object& exports);
void defineRandom(Napi::Object& exports);
void defineLayers(Napi::Object& exports);
void defineDropout(Napi::Object& exports);
void definePaddedAttention(Napi::Object& exports);
void defineGeluLinear(Napi::Object& exports);
void defineFastGelu(Napi::Object& exports);
void defineLstm(Napi::Object& exports);
void defineFastLinear(Napi::Object& exports);
void defineFastDropout(Napi::Object& exports);
void defineFastNorm(Napi::Object& exports);
void defineFastEmbedding(Napi::Object& exports);
void definePackedAttention(Napi::Object& exports);
void defineVarlenAttention(Napi::Object& exports);
void defineUnpack(Napi::Object& exports);
void defineRounding(Napi::Object& exports);
void defineOptim(Napi::Object& exports);
void defineGradNorm(Napi::Object& exports);
void defineCudaGraph(Napi::Object& exports);
void defineRuntime(Napi::Object& exports);

}  // namespace qa
