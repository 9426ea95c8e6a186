// The addon's table of contents.
#include "binding.h"
#include "warnings.h"

namespace {

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* const environment = new qa::Environment();
  environment->warnings = qa::warningsToNode(env);
  env.SetInstanceData(environment);
  qa::defineTensors(exports);
  qa::defineOps(exports);
  qa::defineRandom(exports);
  qa::defineLayers(exports);
  qa::defineDropout(exports);
  qa::definePaddedAttention(exports);
  qa::defineGeluLinear(exports);
  qa::defineLstm(exports);
  qa::defineFastLinear(exports);
  qa::defineFastDropout(exports);
  qa::defineFastNorm(exports);
  qa::defineFastEmbedding(exports);
  qa::defineFastGelu(exports);
  qa::definePackedAttention(exports);
  qa::defineVarlenAttention(exports);
  qa::defineUnpack(exports);
  qa::defineRounding(exports);
  qa::defineOptim(exports);
  qa::defineGradNorm(exports);
  qa::defineCudaGraph(exports);
  qa::defineRuntime(exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(qa_native, init)
