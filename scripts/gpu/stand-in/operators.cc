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

/// How an operator is called on the CPU, with the memory of its arguments.
class Call {
 public:
  Call(const c10::OperatorHandle& op, const Stack& arguments) : op_(op) {
    const auto& expected = op.schema().arguments();
    for (size_t index = 0; index < expected.size(); ++index) {
      const auto& argument = expected[index];
      const auto& given = arguments[index];
      if (argument.name() == "generator") {
        generatorAt_ = index;
        draw_ = Draw::take();
        host_.emplace_back();
      } else if (isWritten(argument) && argument.kwarg_only() && given.isTensor()) {
        outputs_.push_back(index);
        host_.emplace_back(given.toTensor().scalar_type());
      } else {
        host_.push_back(onHost(given));
      }
    }
  }

  Stack operator()() const {
    const at::NoGradGuard withoutGradients;
    const at::AutoDispatchBelowADInplaceOrView below;
    auto stack = host_;
    // What CUDA's kernel would resize is made anew.
    for (const auto index : outputs_) stack[index] = at::empty({0}, stack[index].toScalarType());
    if (draw_) stack[generatorAt_] = draw_->generator();
    op_.callBoxed(stack);
    return stack;
  }

  /// Which arguments are outputs, a result each; where there are none, a written result is the first argument that is written.
  const std::vector<size_t>& outputs() const { return outputs_; }

 private:
  c10::OperatorHandle op_;
  Stack host_;
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

Results placed(const c10::OperatorHandle& op, const Call& call, const Stack& arguments) {
  const at::NoGradGuard withoutGradients;
  const at::AutoDispatchBelowADInplaceOrView below;
  const auto given = call();
  const auto& expected = op.schema().arguments();
  const auto firstWritten = std::find_if(expected.begin(), expected.end(), isWritten) - expected.begin();
  Results results;
  for (size_t index = 0; index < given.size(); ++index) {
    const auto& value = given[index];
    const auto find = [index](const Stack& later) { return later[index].toTensor(); };
    const auto* alias = op.schema().returns()[index].alias_info();
    if (alias != nullptr && alias->isWrite()) {
      const bool isOutput = index < call.outputs().size();
      const auto& written = arguments[isOutput ? call.outputs()[index] : static_cast<size_t>(firstWritten)];
      if (isOutput) {
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
  note("operator " + name, currentStream());
  const auto first = stack->end() - static_cast<std::ptrdiff_t>(op.schema().arguments().size());
  const Stack arguments(first, stack->end());
  stack->erase(first, stack->end());
  const Call call(op, arguments);
  const auto results = placed(op, call, arguments);
  stack->insert(stack->end(), results.stack.begin(), results.stack.end());
  record(currentStream(), [call, writes = results.writes] {
    const at::NoGradGuard withoutGradients;
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto given = call();
    for (const auto& write : writes) write(given);
  });
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
    if (kept.count(base) != 0) continue;
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
