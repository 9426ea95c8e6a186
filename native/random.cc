// The random generators, and the draws that parameter initialisation, sampling and dropout take from them.
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

#include <mutex>

#include "binding.h"

namespace qa {
namespace {

using at::Tensor;

at::Generator generatorOf(const std::string& device) {
  return at::globalContext().defaultGenerator(at::Device(device));
}

}  // namespace

void defineRandom(Napi::Object& exports) {
  define(exports, "manualSeed", [](int64_t seed) { at::manual_seed(static_cast<uint64_t>(seed)); });
  define(exports, "getRngState", [](std::string device) {
    auto generator = generatorOf(device);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return generator.get_state();
  });
  define(exports, "setRngState", [](std::string device, const Tensor& state) {
    auto generator = generatorOf(device);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(state);
  });
  define(exports, "uniform_", [](const Tensor& a, double from, double to) {
    const c10::NoGradGuard noGrad;
    return a.uniform_(from, to);
  });
  define(exports, "normal_", [](const Tensor& a, double mean, double std) {
    const c10::NoGradGuard noGrad;
    return a.normal_(mean, std);
  });
  // torch.empty((), dtype=torch.int64).random_() from the global generator, as a handle: its 63 bits do not fit a number.
  define(exports, "drawSeed", []() { return at::empty({}, at::kLong).random_(); });
  // torch.randperm(n, generator=torch.Generator().manual_seed(seed)), as data.RandomSampler does it.
  define(exports, "randperm", [](int64_t n, const Tensor& seed) {
    const auto generator = at::detail::createCPUGenerator(static_cast<uint64_t>(seed.item<int64_t>()));
    return at::randperm(n, generator, at::TensorOptions().dtype(at::kLong));
  });
}

}  // namespace qa
