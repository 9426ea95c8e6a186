// The stand-in's libcudart: how its functions fail.
#pragma once

#include <cuda_runtime_api.h>

#include "stand-in.h"

namespace standIn {

/// What cudaGetLastError gives and forgets.
extern thread_local cudaError_t lastError;

/// Keeps the error for cudaGetLastError; says where it was where STAND_IN_TRACE is set.
cudaError_t failed(cudaError_t error, const char* where);

/// What makes a capture worth nothing, on the stream that is captured.
cudaError_t invalidated(const void* stream, const char* where);

/// What no thread may ask for while anything is captured, unless it has said that it knows what it does
/// (cudaThreadExchangeStreamCaptureMode). cudaSuccess where it may.
cudaError_t refusedWhileCapturing(const char* where);

}  // namespace standIn
