// The process: devices, threads, gradient mode, determinism, and the form that C++ errors take in JavaScript.
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/GradMode.h>
#include <torch/version.h>

#include <cstdlib>
#include <exception>
#include <new>

#include "binding.h"
#include "large-blocks.h"

namespace qa {
namespace {

[[noreturn]] void raise(Napi::Env env, const char* code, const std::string& message, const std::string& detail) {
  auto error = Napi::Error::New(env, message);
  error.Set("code", code);
  error.Set("detail", detail);
  throw error;
}

/// MKL looks for its kernel of a function when that is first called; where several threads do so at once, one of them may
/// compute its part to half the digits (pytorch/pytorch, issue 188792). What one thread has called before is safe.
void findVectorKernels() {
  const auto one = at::ones({1}, at::kFloat);
  for (const auto function : {at::sqrt, at::exp, at::log, at::tanh, at::erf}) function(one);
}

std::string firstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

void throwAsJavaScript(Napi::Env env) {
  try {
    throw;
  } catch (const c10::OutOfMemoryError& error) {
    raise(env, "ERR_TORCH_OOM", firstLine(error.what_without_backtrace()), error.what());
  } catch (const c10::Error& error) {
    raise(env, "ERR_TORCH", firstLine(error.what_without_backtrace()), error.what());
  } catch (const std::bad_alloc& error) {
    raise(env, "ERR_TORCH_OOM", "out of memory", error.what());
  } catch (const std::exception& error) {
    raise(env, "ERR_TORCH", firstLine(error.what()), error.what());
  }
}

void defineRuntime(Napi::Object& exports) {
  useLargeBlocks();
  findVectorKernels();
  exports.Set("torchVersion", TORCH_VERSION);
  define(exports, "cpuCapability", []() { return at::get_cpu_capability(); });
  define(exports, "cudaDeviceCount", []() {
    return static_cast<int64_t>(at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0);
  });
  define(exports, "cudaBuilt", []() { return at::detail::getCUDAHooks().isBuilt(); });
  define(exports, "setNumThreads", [](int64_t count) { at::set_num_threads(static_cast<int>(count)); });
  define(exports, "getNumThreads", []() { return static_cast<int64_t>(at::get_num_threads()); });
  define(exports, "setGradEnabled", [](bool enabled) { c10::GradMode::set_enabled(enabled); });
  define(exports, "isGradEnabled", []() { return c10::GradMode::is_enabled(); });
  define(exports, "setBooking", [](Napi::Value enabled) {
    enabled.Env().GetInstanceData<Environment>()->booking = enabled.As<Napi::Boolean>().Value();
  });
  define(exports, "setDeterministic", [](bool enabled) {
    // cuBLAS is deterministic only with a workspace of fixed size, which it reads when it starts.
    if (enabled) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    at::globalContext().setDeterministicAlgorithms(enabled, /*warn_only=*/false);
    at::globalContext().setDeterministicCuDNN(enabled);
    // Nothing reads memory before it was written; to fill it first would be a twentieth of a step.
    at::globalContext().setDeterministicFillUninitializedMemory(false);
  });
  define(exports, "setAllowTf32", [](bool enabled) {
    at::globalContext().setAllowTF32CuBLAS(enabled);
    at::globalContext().setAllowTF32CuDNN(enabled);
  });
  // Takes no argument from JavaScript; the (undefined) value brings the environment along.
  define(exports, "liveTensors", [](Napi::Value none) { return *none.Env().GetInstanceData<Environment>()->liveTensors; });
}

}  // namespace qa
