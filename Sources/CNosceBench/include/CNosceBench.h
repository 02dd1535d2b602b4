// What one core of this machine can do at most: the loops behind the benchmark's limits.
//
// Each function works in the calling thread and returns how much it did, so that a caller that
// times it knows the rate. The sums that they compute are handed out: nothing can be left out by
// the compiler, and a test can compare them with the true ones.

#ifndef CNOSCEBENCH_H
#define CNOSCEBENCH_H

#include <stdbool.h>
#include <stddef.h>

/// Whether the processor multiplies bfloat16 numbers (AVX512-BF16 on x86-64).
bool nosce_bench_has_bfloat16(void);

/// Independent multiply-adds of 32-bit floats in registers. Every number starts at 0 and goes
/// through x <- x / 2 + 1/2 `rounds` times; their mean is written to `mean`.
/// Returns the floating-point operations, two for each multiply-add.
double nosce_bench_float32(long rounds, float *_Nonnull mean);

/// Independent `vdpbf16ps` in registers: every number grows by 1 * 1 + 1 * 1 in each round.
/// Returns the floating-point operations, or 0 where the processor has no such instruction.
double nosce_bench_bfloat16(long rounds, float *_Nonnull mean);

/// Reads `count` floats, a multiple of 128 at an address that 64 divides, `passes` times, and adds
/// them up. Returns the bytes read.
double nosce_bench_read(
    const float *_Nonnull values, ptrdiff_t count, long passes, float *_Nonnull sum);

#endif
