// CUDA's operators, computed by the CPU over the same memory: what those that are written out share.
#pragma once

#include <ATen/ATen.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <c10/cuda/CUDAStream.h>

#include <cstdint>
#include <functional>
#include <utility>

#include "stand-in.h"

namespace standIn {

/// A tensor of the CPU over the memory of one of the device; what is no such tensor as it is.
at::Tensor onHost(const at::Tensor& tensor);

inline const void* currentStream() { return c10::cuda::getCurrentCUDAStream().stream(); }

/// Computes now, and whenever the graph that captures it is launched: by tensors of onHost, which own no memory.
void compute(const std::function<void()>& work);

/// The seed and the offset that a kernel would draw its random numbers by: known while it runs, as a graph's generator goes on from
/// launch to launch.
class Draw {
 public:
  /// Takes its numbers off the device's default generator, as a kernel's launch does.
  static Draw take();

  std::pair<uint64_t, uint64_t> now() const;
  at::Generator generator() const;

 private:
  at::PhiloxCudaState state_;
};

/// For those numbers, of the CPU.
at::Generator generatorOf(uint64_t seed, uint64_t offset);

/// True with a probability of 1 - p.
at::Tensor keptBy(const at::Generator& generator, at::IntArrayRef sizes, double p);

}  // namespace standIn
