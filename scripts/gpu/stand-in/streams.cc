// Streams, events, and what is captured of them as a graph.
#include <map>
#include <mutex>
#include <set>

#include "runtime.h"

namespace standIn {
namespace {

struct Capture {
  unsigned long long id;
  Graph* graph;
  Memory before;
  bool isBroken = false;
};

struct Event {
  Capture* capture = nullptr;
  bool isRecorded = false;
};

std::recursive_mutex mutex;
std::map<const void*, Capture*> captureOf;
std::set<Capture*> captures;
unsigned long long nextId = 1;
thread_local cudaStreamCaptureMode threadMode = cudaStreamCaptureModeGlobal;

Event& eventOf(cudaEvent_t event) { return *reinterpret_cast<Event*>(event); }

Graph& graphOf(const void* graph) { return *static_cast<Graph*>(const_cast<void*>(graph)); }

/// To wait for a stream, or ask whether it is done, ends a capture.
cudaError_t waited(cudaStream_t stream, const char* where) {
  const std::lock_guard lock(mutex);
  return isCapturing(stream) ? invalidated(stream, where) : refusedWhileCapturing(where);
}

cudaError_t waited(cudaEvent_t event, const char* where) {
  const std::lock_guard lock(mutex);
  return eventOf(event).capture != nullptr ? failed(cudaErrorCapturedEvent, where) : refusedWhileCapturing(where);
}

}  // namespace

bool isCapturing(const void* stream) {
  const std::lock_guard lock(mutex);
  return captureOf[stream] != nullptr;
}

void record(const void* stream, std::function<void()> work) {
  const std::lock_guard lock(mutex);
  if (auto* capture = captureOf[stream]) capture->graph->work.push_back(std::move(work));
}

void perform(const void* stream, const std::function<void()>& work) {
  work();
  record(stream, work);
}

cudaError_t invalidated(const void* stream, const char* where) {
  const std::lock_guard lock(mutex);
  captureOf[stream]->isBroken = true;
  return failed(cudaErrorStreamCaptureUnsupported, where);
}

cudaError_t refusedWhileCapturing(const char* where) {
  const std::lock_guard lock(mutex);
  if (captures.empty() || threadMode == cudaStreamCaptureModeRelaxed) return cudaSuccess;
  for (auto* capture : captures) capture->isBroken = true;
  return failed(cudaErrorStreamCaptureUnsupported, where);
}

}  // namespace standIn

using namespace standIn;

extern "C" {

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned, int) {
  *stream = reinterpret_cast<cudaStream_t>(new char);
  return cudaSuccess;
}
cudaError_t cudaStreamCreate(cudaStream_t* stream) { return cudaStreamCreateWithPriority(stream, 0, 0); }
cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
  if (least != nullptr) *least = 0;
  if (greatest != nullptr) *greatest = -5;
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) { return waited(stream, "cudaStreamSynchronize"); }
cudaError_t cudaStreamQuery(cudaStream_t stream) { return waited(stream, "cudaStreamQuery"); }
cudaError_t cudaDeviceSynchronize() { return refusedWhileCapturing("cudaDeviceSynchronize"); }

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = reinterpret_cast<cudaEvent_t>(new Event);
  return cudaSuccess;
}
cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, 0); }
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete &eventOf(event);
  return cudaSuccess;
}
cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned) {
  const std::lock_guard lock(mutex);
  eventOf(event) = {captureOf[stream], true};
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) { return cudaEventRecordWithFlags(event, stream, 0); }
cudaError_t cudaEventQuery(cudaEvent_t event) { return waited(event, "cudaEventQuery"); }
cudaError_t cudaEventSynchronize(cudaEvent_t event) { return waited(event, "cudaEventSynchronize"); }
/// No time goes by on this device.
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t, cudaEvent_t) {
  *milliseconds = 0;
  return cudaSuccess;
}

/// A stream that waits for what is captured is captured from there on; one that is captured can wait for nothing else.
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  const std::lock_guard lock(mutex);
  auto*& capture = captureOf[stream];
  const auto& awaited = eventOf(event);
  if (awaited.capture != nullptr) {
    // CUDA's default stream can be no part of a capture.
    if (stream == nullptr) {
      awaited.capture->isBroken = true;
      return failed(cudaErrorStreamCaptureImplicit, "cudaStreamWaitEvent");
    }
    if (capture != nullptr && capture != awaited.capture) return failed(cudaErrorStreamCaptureMerge, "cudaStreamWaitEvent");
    capture = awaited.capture;
  } else if (capture != nullptr && awaited.isRecorded) {
    capture->isBroken = true;
    return failed(cudaErrorStreamCaptureIsolation, "cudaStreamWaitEvent");
  }
  return cudaSuccess;
}

cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  std::swap(threadMode, *mode);
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  const std::lock_guard lock(mutex);
  if (stream == nullptr || stream == cudaStreamLegacy) return failed(cudaErrorStreamCaptureUnsupported, "cudaStreamBeginCapture");
  auto*& capture = captureOf[stream];
  if (capture != nullptr) return failed(cudaErrorIllegalState, "cudaStreamBeginCapture");
  capture = new Capture{nextId++, new Graph, copyMemory()};
  captures.insert(capture);
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const std::lock_guard lock(mutex);
  auto* ended = captureOf[stream];
  *graph = nullptr;
  if (ended == nullptr) return failed(cudaErrorIllegalState, "cudaStreamEndCapture");
  for (auto& [each, capture] : captureOf) {
    if (capture == ended) capture = nullptr;
  }
  captures.erase(ended);
  restoreMemory(ended->before);
  if (!ended->isBroken) *graph = reinterpret_cast<cudaGraph_t>(ended->graph);
  const bool isBroken = ended->isBroken;
  delete ended;
  return isBroken ? failed(cudaErrorStreamCaptureInvalidated, "cudaStreamEndCapture") : cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  const std::lock_guard lock(mutex);
  const auto* capture = captureOf[stream];
  *status = capture == nullptr   ? cudaStreamCaptureStatusNone
            : capture->isBroken ? cudaStreamCaptureStatusInvalidated
                                 : cudaStreamCaptureStatusActive;
  return cudaSuccess;
}

cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus* status, unsigned long long* id, cudaGraph_t* graph,
                                     const cudaGraphNode_t** dependencies, const cudaGraphEdgeData** edges, size_t* count) {
  const std::lock_guard lock(mutex);
  const auto* capture = captureOf[stream];
  if (id != nullptr) *id = capture == nullptr ? 0 : capture->id;
  if (graph != nullptr) *graph = capture == nullptr ? nullptr : reinterpret_cast<cudaGraph_t>(capture->graph);
  if (dependencies != nullptr) *dependencies = nullptr;
  if (edges != nullptr) *edges = nullptr;
  if (count != nullptr) *count = 0;
  return cudaStreamIsCapturing(stream, status);
}

cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* instance, cudaGraph_t graph, unsigned long long) {
  if (graph == nullptr) return failed(cudaErrorInvalidValue, "cudaGraphInstantiate");
  *instance = reinterpret_cast<cudaGraphExec_t>(graph);
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t instance, cudaStream_t stream) {
  if (isCapturing(stream)) return invalidated(stream, "cudaGraphLaunch");
  note("graph", stream);
  for (const auto& work : graphOf(instance).work) work();
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t instance) {
  graphOf(instance).work.clear();
  return cudaSuccess;
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t*, size_t* count) {
  *count = graphOf(graph).work.size();
  return cudaSuccess;
}

}  // extern "C"
