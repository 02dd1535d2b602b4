// The kernels for x86-64 processors with AVX2.

#include "Internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NOSCE_WIDE 0
#define NOSCE_AVX2 1
#define NAME(x) nosce_##x##_avx2
#include "Vectorised/Kernels.h"
#pragma clang attribute pop
#endif
