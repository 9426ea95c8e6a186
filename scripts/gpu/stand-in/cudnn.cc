// The stand-in's libcudnn: where an LSTM's weights lie in one block of memory, and its passes noted.
// Enumerations are ints, as in the library's interface.
#include <cstddef>
#include <cstdint>
#include <algorithm>

#include "stand-in.h"

namespace {

void* current = nullptr;

struct Descriptor {
  int type, count, sizes[8], strides[8];
};

struct Recurrent {
  int type;
  size_t input, hidden;
};

constexpr size_t kGates = 4;
constexpr size_t kVersion[] = {9, 19, 0};

template <typename Made>
int make(void** made) {
  *made = new Made();
  return 0;
}

int noted(const char* what) {
  standIn::note(what, current);
  return 0;
}

/// [1, rows, columns] of float32, dense.
void describe(Descriptor* descriptor, size_t rows, size_t columns) {
  if (descriptor == nullptr) return;
  const auto m = static_cast<int>(rows), n = static_cast<int>(columns);
  *descriptor = {0, 3, {1, m, n}, {m * n, n, 1}};
}

}  // namespace

extern "C" {

size_t cudnnGetVersion() { return kVersion[0] * 10000 + kVersion[1] * 100 + kVersion[2]; }
int cudnnGetProperty(int which, int* value) {
  *value = static_cast<int>(kVersion[which]);
  return 0;
}
size_t cudnnGetCudartVersion() { return 13000; }
const char* cudnnGetErrorString(int) { return "an error of the stand-in"; }

int cudnnCreate(void** handle) { return make<char>(handle); }
int cudnnSetStream(void*, void* stream) {
  current = stream;
  return 0;
}
int cudnnGetStream(void*, void** stream) {
  *stream = current;
  return 0;
}

int cudnnCreateTensorDescriptor(void** descriptor) { return make<Descriptor>(descriptor); }
int cudnnCreateFilterDescriptor(void** descriptor) { return make<Descriptor>(descriptor); }
int cudnnCreateRNNDescriptor(void** descriptor) { return make<Recurrent>(descriptor); }
int cudnnCreateRNNDataDescriptor(void** descriptor) { return make<Descriptor>(descriptor); }
int cudnnCreateDropoutDescriptor(void** descriptor) { return make<Descriptor>(descriptor); }

int cudnnSetTensorNdDescriptor(Descriptor* descriptor, int type, int count, const int* sizes, const int* strides) {
  descriptor->type = type;
  descriptor->count = count;
  std::copy_n(sizes, count, descriptor->sizes);
  std::copy_n(strides, count, descriptor->strides);
  return 0;
}
int cudnnGetTensorNdDescriptor(const Descriptor* descriptor, int asked, int* type, int* count, int* sizes, int* strides) {
  *type = descriptor->type;
  *count = descriptor->count;
  std::copy_n(descriptor->sizes, std::min(asked, descriptor->count), sizes);
  std::copy_n(descriptor->strides, std::min(asked, descriptor->count), strides);
  return 0;
}

int cudnnSetRNNDescriptor_v8(Recurrent* recurrent, int, int, int, int, int, int type, int, int, int32_t input, int32_t hidden) {
  *recurrent = {type, static_cast<size_t>(input), static_cast<size_t>(hidden)};
  return 0;
}
int cudnnGetRNNWeightSpaceSize(void*, const Recurrent* recurrent, size_t* bytes) {
  *bytes = sizeof(float) * kGates * recurrent->hidden * (recurrent->input + recurrent->hidden + 2);
  return 0;
}

/// Of one layer: four matrices for the input, four for the hidden state, and then eight biases.
int cudnnGetRNNWeightParams(void*, const Recurrent* recurrent, int32_t, size_t, float* weights, int32_t index, Descriptor* matrix,
                            void** matrixAt, Descriptor* bias, void** biasAt) {
  const auto input = recurrent->input, hidden = recurrent->hidden, which = static_cast<size_t>(index);
  const bool isInput = which < kGates;
  const auto columns = isInput ? input : hidden;
  describe(matrix, hidden, columns);
  describe(bias, hidden, 1);
  if (matrixAt != nullptr) {
    *matrixAt = weights + (isInput ? which * hidden * input : kGates * hidden * input + (which - kGates) * hidden * hidden);
  }
  if (biasAt != nullptr) *biasAt = weights + kGates * hidden * (input + hidden) + which * hidden;
  return 0;
}

int cudnnGetRNNTempSpaceSizes(void*, void*, int, void*, size_t* workspace, size_t* reserve) {
  *workspace = 1024;
  if (reserve != nullptr) *reserve = 4096;
  return 0;
}
int cudnnDropoutGetStatesSize(void*, size_t* bytes) {
  *bytes = 4096;
  return 0;
}

int cudnnRNNForward() { return noted("cudnnRNNForward"); }
int cudnnRNNBackwardData_v8() { return noted("cudnnRNNBackwardData"); }
int cudnnRNNBackwardWeights_v8() { return noted("cudnnRNNBackwardWeights"); }

}  // extern "C"
