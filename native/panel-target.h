// What panels' kernels ask of compilers.
#pragma once

#include "vectorize.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define QA_X86
/// An attribute: to compile a function for processors with these features.
#define QA_FOR(features) __attribute__((target(features)))
#else
#define QA_FOR(features)
#endif
