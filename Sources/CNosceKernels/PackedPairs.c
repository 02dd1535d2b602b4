// Packed bfloat16 products for x86-64 processors that multiply pairs of them.

#include "Internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))), \
    apply_to = function)
#define NOSCE_WIDE 1
#define NOSCE_PAIRS 1
#define NAME(x) nosce_##x##_pairs
#include "Vectorised/Vector.h"

#include "Vectorised/Packed.h"
#pragma clang attribute pop
#endif
