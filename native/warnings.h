// LibTorch's warnings.
#pragma once

#include <c10/util/Exception.h>
#include <napi.h>

#include <memory>

namespace qa {

/// Gives this thread's warnings to Node as long as the result lives, each once: LibTorch itself would print some at every step.
std::unique_ptr<c10::WarningHandler> warningsToNode(Napi::Env env);

}  // namespace qa
