// The kernels for x86-64 processors with AVX512.

#include "Internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define NOSCE_WIDE 1
#define NAME(x) nosce_##x##_avx512
#include "Vectorised/Kernels.h"
#pragma clang attribute pop
#endif
