#include "warnings.h"

#include <string>
#include <unordered_set>

namespace qa {
namespace {

class WarningsToNode : public c10::WarningHandler {
 public:
  explicit WarningsToNode(Napi::Env env) : env_(env) { c10::WarningUtils::set_warning_handler(this); }
  ~WarningsToNode() override { c10::WarningUtils::set_warning_handler(nullptr); }

  void process(const c10::Warning& warning) override {
    if (!seen_.insert(warning.msg()).second) return;
    const Napi::HandleScope scope(env_);
    const auto process = env_.Global().Get("process").As<Napi::Object>();
    const auto type = Napi::String::New(env_, "LibTorchWarning");
    process.Get("emitWarning").As<Napi::Function>().Call(process, {Napi::String::New(env_, warning.msg()), type});
  }

 private:
  Napi::Env env_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::unique_ptr<c10::WarningHandler> warningsToNode(Napi::Env env) { return std::make_unique<WarningsToNode>(env); }

}  // namespace qa
