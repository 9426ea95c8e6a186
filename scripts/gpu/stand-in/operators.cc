// Takes CUDA's operators over: each is computed by its kernel for the CPU, over the same memory. What LibTorch does around them, its
// allocator, its streams, its generators and its graphs, is its own.
#include "operators.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <set>

namespace standIn {
namespace {

using at::Tensor;
using c10::IValue;
using torch::jit::Stack;

/// Those that allocate, look at a tensor otherwise or ask what would be done; and those that are written out in dropout.cc, lstm.cc
/// and attention.cc.
const std::set<std::string> kept{
    "empty", "empty_strided", "as_strided", "view", "_reshape_alias", "unfold", "set_", "resize_", "is_set_to", "_efficientzerotensor",
    "is_pinned", "_pin_memory", "record_stream", "_local_scalar_dense", "_fused_sdp_choice", "_cudnn_rnn_flatten_weight",
    "_cudnn_init_dropout_state",
    // Written out.
    "native_dropout", "_cudnn_rnn", "_cudnn_rnn_backward", "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_efficient_attention_backward", "_efficient_attention_forward", "_efficient_attention_backward",
    "_flash_attention_forward", "_flash_attention_backward"};

/// Those that need an answer from the device, which no capture has.
const std::set<std::string> asking{"nonzero", "equal", "masked_select", "_unique2", "unique_dim", "unique_consecutive",
                                   "repeat_interleave", "bincount"};

IValue onHost(const IValue& value) {
  if (value.isTensor()) return standIn::onHost(value.toTensor());
  if (value.isDevice()) return at::Device(at::kCPU);
  if (value.isTensorList()) {
    c10::List<Tensor> list;
    for (const Tensor& tensor : value.toTensorList()) list.push_back(standIn::onHost(tensor));
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<Tensor>> list;
    for (const std::optional<Tensor> tensor : value.toOptionalTensorList()) {
      list.push_back(tensor ? std::optional(standIn::onHost(*tensor)) : std::nullopt);
    }
    return list;
  }
  return value;
}

bool isWritten(const c10::Argument& argument) { return argument.alias_info() != nullptr && argument.alias_info()->isWrite(); }

/// An operator's arguments, and how it is called with them on the CPU.
class Call {
 public:
  Call(const c10::OperatorHandle& op, Stack arguments) : op_(op), arguments_(std::move(arguments)) {
    const auto& expected = op.schema().arguments();
    for (size_t index = 0; index < expected.size(); ++index) {
      const auto& argument = expected[index];
      const auto& given = arguments_[index];
      if (argument.name() == "generator") {
        generatorAt_ = index;
        draw_ = Draw::take();
        host_.emplace_back();
      } else if (isWritten(argument) && argument.kwarg_only() && given.isTensor()) {
        // What CUDA's kernel would resize is made anew.
        outputs_.push_back(index);
        host_.emplace_back(at::empty({0}, given.toTensor().options().device(at::kCPU)));
      } else {
        host_.push_back(onHost(given));
      }
    }
  }

  Stack operator()() const {
    const at::NoGradGuard withoutGradients;
    const at::AutoDispatchBelowADInplaceOrView below;
    auto stack = host_;
    for (const auto index : outputs_) stack[index] = at::empty({0}, stack[index].toTensor().options());
    if (draw_) stack[generatorAt_] = draw_->generator();
    op_.callBoxed(stack);
    return stack;
  }

  /// The argument that a written result is: by its place among the results.
  const IValue& written(size_t result) const {
    if (!outputs_.empty()) return arguments_[outputs_[result]];
    const auto& expected = op_.schema().arguments();
    return arguments_[std::find_if(expected.begin(), expected.end(), isWritten) - expected.begin()];
  }

  bool hasOutputs() const { return !outputs_.empty(); }

 private:
  c10::OperatorHandle op_;
  Stack arguments_, host_;
  std::vector<size_t> outputs_;
  size_t generatorAt_ = 0;
  std::optional<Draw> draw_;
};

/// Memory of the device for what the CPU's kernel gave.
Tensor placeFor(const Tensor& result) {
  const auto options = result.options().device(at::Device(at::kCUDA, 0));
  return result.is_non_overlapping_and_dense() ? at::empty_strided(result.sizes(), result.strides(), options)
                                               : at::empty(result.sizes(), options);
}

/// Results in the device's memory, and how those of a later call come to the same places.
struct Results {
  Stack stack;
  std::vector<std::function<void(const Stack&)>> writes;

  Tensor place(const Tensor& result, const Tensor& at, const std::function<Tensor(const Stack&)>& find) {
    const auto target = standIn::onHost(at);
    target.copy_(result);
    writes.emplace_back([=](const Stack& later) { target.copy_(find(later)); });
    return at;
  }
};

Results placed(const c10::OperatorHandle& op, const Call& call, const Stack& given) {
  Results results;
  for (size_t index = 0; index < given.size(); ++index) {
    const auto& value = given[index];
    const auto find = [index](const Stack& later) { return later[index].toTensor(); };
    const auto* alias = op.schema().returns()[index].alias_info();
    if (alias != nullptr && alias->isWrite()) {
      const auto& written = call.written(index);
      if (call.hasOutputs()) {
        const auto output = written.toTensor();
        if (output.sizes() != value.toTensor().sizes()) output.resize_(value.toTensor().sizes());
        results.place(value.toTensor(), output, find);
      }
      results.stack.push_back(written);
    } else if (value.isTensor() && value.toTensor().defined()) {
      results.stack.emplace_back(results.place(value.toTensor(), placeFor(value.toTensor()), find));
    } else if (value.isTensorList()) {
      c10::List<Tensor> list;
      for (const Tensor& tensor : value.toTensorList()) {
        const auto at = list.size();
        list.push_back(results.place(tensor, placeFor(tensor), [=](const Stack& later) { return later[index].toTensorList().get(at); }));
      }
      results.stack.emplace_back(list);
    } else {
      results.stack.push_back(value);
    }
  }
  return results;
}

void takeOver(const c10::OperatorHandle& op, c10::DispatchKeySet, Stack* stack) {
  const auto name = op.operator_name().name.substr(std::string("aten::").size());
  TORCH_CHECK(!isCapturing(currentStream()) || asking.count(name) == 0, name, " asks the device while it is captured");
  const auto first = stack->end() - static_cast<std::ptrdiff_t>(op.schema().arguments().size());
  const Call call(op, Stack(first, stack->end()));
  stack->erase(first, stack->end());
  note("operator " + name, currentStream());
  // Computed once; what is captured is computed again at each launch.
  auto results = std::make_shared<std::optional<Results>>();
  perform(currentStream(), [=] {
    const auto given = call();
    const at::NoGradGuard withoutGradients;
    const at::AutoDispatchBelowADInplaceOrView below;
    if (!*results) {
      *results = placed(op, call, given);
    } else {
      for (const auto& write : (*results)->writes) write(given);
    }
  });
  for (auto& value : (*results)->stack) stack->push_back(value);
  // They are the caller's now, and free their memory when it lets them go.
  (*results)->stack.clear();
}

/// Between the host and the device a graph copies pinned memory alone, and nobody waits for it.
Tensor& copy(Tensor& self, const Tensor& source, bool nonBlocking) {
  if (self.is_cpu() || source.is_cpu()) {
    const auto& host = self.is_cpu() ? self : source;
    TORCH_CHECK(!isCapturing(currentStream()) || (nonBlocking && host.is_pinned()), "a copy from or to the host while captured");
  }
  const auto to = standIn::onHost(self), from = standIn::onHost(source);
  compute([=] { to.copy_(from); });
  return self;
}

/// There are warnings for each that had a kernel.
struct Silent : c10::WarningHandler {
  void process(const c10::Warning&) override {}
};

TORCH_LIBRARY_IMPL(aten, CUDA, library) {
  Silent silent;
  const c10::WarningUtils::WarningHandlerGuard guard(&silent);
  for (const auto& name : c10::Dispatcher::singleton().getRegistrationsForDispatchKey(c10::DispatchKey::CUDA)) {
    const std::string aten = "aten::";
    if (name.name.rfind(aten, 0) != 0) continue;
    const auto base = name.name.substr(aten.size());
    if (kept.count(base) != 0 && (name.overload_name.empty() || base == "empty" || base == "resize_" || base == "set_")) continue;
    const auto whole = name.overload_name.empty() ? base : base + '.' + name.overload_name;
    library.impl(whole.c_str(), torch::CppFunction::makeFromBoxedFunction<&takeOver>());
  }
  library.impl("copy_", copy);
}

}  // namespace

Tensor onHost(const Tensor& tensor) {
  if (!tensor.defined() || !tensor.is_cuda()) return tensor;
  const auto options = tensor.options().device(at::kCPU).requires_grad(false);
  if (tensor.numel() == 0) return at::empty_strided(tensor.sizes(), tensor.strides(), options);
  return at::from_blob(tensor.unsafeGetTensorImpl()->mutable_data(), tensor.sizes(), tensor.strides(), options);
}

void compute(const std::function<void()>& work) {
  perform(currentStream(), [work] {
    const at::NoGradGuard withoutGradients;
    const at::AutoDispatchBelowADInplaceOrView below;
    work();
  });
}

Draw Draw::take() {
  /// So many that no two launches have one in common.
  constexpr uint64_t kNumbers = 4;
  Draw draw;
  auto* generator = at::check_generator<at::CUDAGeneratorImpl>(at::globalContext().defaultGenerator(at::Device(at::kCUDA, 0)));
  const std::lock_guard lock(generator->mutex_);
  draw.state_ = generator->philox_cuda_state(kNumbers);
  return draw;
}

std::pair<uint64_t, uint64_t> Draw::now() const {
  if (!state_.captured_) return {state_.seed_.val, state_.offset_.val};
  return {static_cast<uint64_t>(*state_.seed_.ptr), static_cast<uint64_t>(*state_.offset_.ptr) + state_.offset_intragraph_};
}

at::Generator Draw::generator() const {
  const auto [seed, offset] = now();
  return generatorOf(seed, offset);
}

at::Generator generatorOf(uint64_t seed, uint64_t offset) {
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;
  return at::detail::createCPUGenerator(seed * kOdd + offset);
}

Tensor keptBy(const at::Generator& generator, at::IntArrayRef sizes, double p) {
  return at::empty(sizes, at::kFloat).uniform_(0, 1, generator).ge(p);
}

}  // namespace standIn
