// A JavaScript handle owns one at::Tensor. JavaScript sees it as an opaque value that only src/native.ts holds.
#pragma once

#include <ATen/ATen.h>
#include <napi.h>

#include <memory>

namespace qa {

/// What belongs to one JavaScript environment (the main thread or a worker): the addon keeps no statics.
struct Environment {
  /// Handles that hold a tensor. Shared with every handle, because finalizers may outlive the environment's data.
  std::shared_ptr<int64_t> liveTensors = std::make_shared<int64_t>(0);
  /// Whether the JavaScript heap is told of a new handle's memory. Off within a tidy, which frees what is made in it:
  /// the collector, told of a step's gigabytes, would go through the whole heap at each step and find nothing.
  bool booking = true;
  /// Hears LibTorch's warnings on this thread.
  std::unique_ptr<c10::WarningHandler> warnings;
};

/// Makes a handle for `tensor` and, where `booking` is on, books its memory.
Napi::Value wrap(Napi::Env env, at::Tensor tensor);

/// Tells the JavaScript heap of the handle's memory, so that its collector runs in time; a second call does nothing.
void book(Napi::Env env, const Napi::Value& value);

/// The tensor behind a handle; throws a JavaScript TypeError for anything else and for a disposed handle.
const at::Tensor& unwrap(const Napi::Value& value);

/// Frees the tensor at once; a second call does nothing.
void dispose(Napi::Env env, const Napi::Value& value);

}  // namespace qa
