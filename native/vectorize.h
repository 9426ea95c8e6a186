// Loops that the compiler shall turn into vector instructions, in a version for each generation of x86 processors: the
// addon is built for the oldest, and picks at run time.
#pragma once

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__)
#if __GNUC__ >= 12
#define QA_VECTORIZE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
// Which knows processors by what they can do, and not yet by generation.
#define QA_VECTORIZE __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#else
#define QA_VECTORIZE
#endif

/// For what such loops call: as a function of its own it would be one for the oldest processors.
#ifdef __GNUC__
#define QA_ALWAYS_INLINE __attribute__((always_inline)) inline
#else
#define QA_ALWAYS_INLINE inline
#endif
