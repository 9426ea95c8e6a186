#include "handle.h"

#include <utility>

namespace qa {
namespace {

struct Handle {
  at::Tensor tensor;
  int64_t bytes;
  std::shared_ptr<int64_t> liveTensors;
};

// Marks our externals, so that another addon's external is refused instead of being read as a Handle.
constexpr napi_type_tag kHandleTag = {0x71612d6e61746976, 0x652d74656e736f72};

/// Bytes to book: those of a storage that this handle brought to life, none for a view of a storage booked before.
int64_t bytesOf(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.has_storage() || tensor.storage().use_count() > 1) return 0;
  return static_cast<int64_t>(tensor.storage().nbytes());
}

void book(Napi::Env env, Handle& handle) {
  if (handle.bytes != 0) return;
  handle.bytes = bytesOf(handle.tensor);
  if (handle.bytes != 0) Napi::MemoryManagement::AdjustExternalMemory(env, handle.bytes);
}

void release(Napi::Env env, Handle& handle) {
  if (!handle.tensor.defined()) return;
  handle.tensor.reset();
  --*handle.liveTensors;
  if (handle.bytes != 0) Napi::MemoryManagement::AdjustExternalMemory(env, -handle.bytes);
}

Handle& handleOf(const Napi::Value& value) {
  if (!value.IsExternal()) throw Napi::TypeError::New(value.Env(), "expected a tensor");
  auto external = value.As<Napi::External<Handle>>();
  if (!external.CheckTypeTag(&kHandleTag)) throw Napi::TypeError::New(value.Env(), "expected a tensor of this addon");
  return *external.Data();
}

}  // namespace

Napi::Value wrap(Napi::Env env, at::Tensor tensor) {
  const auto* environment = env.GetInstanceData<Environment>();
  std::unique_ptr<Handle> owned(new Handle{std::move(tensor), 0, environment->liveTensors});
  // Refused in a thread that is being ended.
  auto external = Napi::External<Handle>::New(env, owned.get(), [](Napi::Env finalizerEnv, Handle* data) {
    release(finalizerEnv, *data);
    delete data;
  });
  auto* const handle = owned.release();
  ++*handle->liveTensors;
  if (environment->booking) book(env, *handle);
  external.TypeTag(&kHandleTag);
  return external;
}

const at::Tensor& unwrap(const Napi::Value& value) {
  const auto& tensor = handleOf(value).tensor;
  if (!tensor.defined()) throw Napi::TypeError::New(value.Env(), "expected a tensor that is not disposed");
  return tensor;
}

void book(Napi::Env env, const Napi::Value& value) { book(env, handleOf(value)); }

void dispose(Napi::Env env, const Napi::Value& value) { release(env, handleOf(value)); }

}  // namespace qa
