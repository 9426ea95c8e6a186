// CUDA graphs: what operations asked of a GPU is recorded once, and asked again as a whole, without a call an operation.
// Their interface needs headers of the CUDA toolkit; where the build did not find them, there are none.
#include "binding.h"

#ifdef QA_NATIVE_CUDA_GRAPHS
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace qa {
namespace {

#ifdef QA_NATIVE_CUDA_GRAPHS

/// A graph of one GPU. Between begin and end its own stream is the thread's current one, so that all that is computed is
/// recorded in place of being done.
class Graph {
 public:
  /// With a pool of memory and a stream of its own, or with those of `neighbour`: then one's replay may overwrite the other's results.
  /// LibTorch gives memory again on the stream alone that it was taken on.
  Graph(const std::string& device, const Graph* neighbour)
      : device_(deviceOf(device)), pool_(neighbour != nullptr ? neighbour->pool_ : at::cuda::graph_pool_handle()),
        generator_(at::globalContext().defaultGenerator(at::Device(at::kCUDA, device_))), before_(generator_.clone()),
        outside_(c10::cuda::getCurrentCUDAStream(device_)),
        stream_(neighbour != nullptr ? neighbour->stream_ : c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device_)) {
    const c10::cuda::CUDAGuard guard(device_);
    c10::cuda::device_synchronize();
    // While it records, LibTorch can give back nothing of what it keeps.
    c10::cuda::CUDACachingAllocator::emptyCache();
    c10::cuda::setCurrentCUDAStream(stream_);
    try {
      graph_.capture_begin(pool_);
    } catch (...) {
      abandon();
      throw;
    }
  }

  void end() {
    const c10::cuda::CUDAGuard guard(device_);
    try {
      graph_.capture_end();
    } catch (...) {
      abandon();
      throw;
    }
    c10::cuda::setCurrentCUDAStream(outside_);
  }

  /// Ends a recording that failed: it may have been refused before, which is no news then.
  void abort() {
    const c10::cuda::CUDAGuard guard(device_);
    try {
      graph_.capture_end();
      c10::cuda::setCurrentCUDAStream(outside_);
      graph_.reset();
    } catch (const c10::Error&) {
      abandon();
    }
  }

  void replay() {
    const c10::cuda::CUDAGuard guard(device_);
    graph_.replay();
  }

  void reset() {
    const c10::cuda::CUDAGuard guard(device_);
    graph_.reset();
  }

 private:
  static c10::DeviceIndex deviceOf(const std::string& name) {
    const at::Device device(name);
    return device.has_index() ? device.index() : c10::cuda::current_device();
  }

  /// Leaves the device as it was before. What CUDA refuses to record, LibTorch does not clean up after: its memory would
  /// come from the graph's pool, and its generator take itself to be recorded, from there on; and what that pool holds would
  /// be nobody's.
  void abandon() {
    c10::cuda::setCurrentCUDAStream(outside_);
    generator_.graphsafe_set_state(before_);
    try {
      c10::cuda::CUDACachingAllocator::endAllocateToPool(device_, pool_);
      c10::cuda::CUDACachingAllocator::releasePool(device_, pool_);
    } catch (const c10::Error&) {
      // Newer versions do so themselves, and it is why the recording failed that has to be told.
    }
    // Gives the pool back where the recording itself was whole.
    graph_.reset();
  }

  c10::DeviceIndex device_;
  at::cuda::MempoolId_t pool_;
  at::Generator generator_, before_;
  c10::cuda::CUDAStream outside_, stream_;
  at::cuda::CUDAGraph graph_;
};

constexpr bool kHasGraphs = true;

#else

/// What the interface below needs of a graph, where there are none.
struct Graph {
  Graph(const std::string&, const Graph*) {
    TORCH_CHECK(false, "expected an addon with CUDA graphs, but it was built without the CUDA toolkit's headers");
  }
  void end() {}
  void abort() {}
  void replay() {}
  void reset() {}
};

constexpr bool kHasGraphs = false;

#endif

constexpr napi_type_tag kGraphTag = {0x71612d6e61746976, 0x652d637564616772};

Graph& graphOf(const Napi::Value& value) {
  if (!value.IsExternal() || !value.As<Napi::External<Graph>>().CheckTypeTag(&kGraphTag)) {
    throw Napi::TypeError::New(value.Env(), "expected a CUDA graph");
  }
  return *value.As<Napi::External<Graph>>().Data();
}

/// Gives a result's memory back to the pool that it came from; the result still lies there, but owns it no more. What graphs with the
/// same pool record next takes the memory again, so that all of them together take as much as the largest.
void disown(const at::Tensor& result) {
  const auto& storage = result.storage();
  storage.set_data_ptr(c10::DataPtr(storage.mutable_data(), storage.device()));
}

/// `neighbour` is a graph or null.
Napi::Value beginGraph(std::string device, Napi::Value neighbour) {
  auto graph = std::make_unique<Graph>(device, neighbour.IsExternal() ? &graphOf(neighbour) : nullptr);
  auto external =
      Napi::External<Graph>::New(neighbour.Env(), graph.get(), [](Napi::Env, Graph* data) { delete data; });
  graph.release();
  external.TypeTag(&kGraphTag);
  return external;
}

}  // namespace

void defineCudaGraph(Napi::Object& exports) {
  define(exports, "hasCudaGraphs", []() { return kHasGraphs; });
  define(exports, "beginGraph", beginGraph);
  define(exports, "endGraph", [](Napi::Value graph) { graphOf(graph).end(); });
  define(exports, "disown", disown);
  define(exports, "abortGraph", [](Napi::Value graph) { graphOf(graph).abort(); });
  define(exports, "replayGraph", [](Napi::Value graph) { graphOf(graph).replay(); });
  define(exports, "resetGraph", [](Napi::Value graph) { graphOf(graph).reset(); });
}

}  // namespace qa
