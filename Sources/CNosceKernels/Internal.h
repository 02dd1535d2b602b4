// Shared by this target's C files only.

#ifndef NOSCE_INTERNAL_H
#define NOSCE_INTERNAL_H

#include "CNosceKernels.h"

/// dnnl_sgemm without per-call set-up; the calling thread must have been prepared.
int nosce_sgemm(
    bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float alpha,
    const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb, float beta, float *c,
    ptrdiff_t ldc);

/// Limits oneDNN to one thread on the calling thread, once.
int nosce_prepare_thread(void);

/// How many queries are scored at once in attention.
#define NOSCE_QUERY_BLOCK 64

/// The most lanes (floats, or pairs of bfloat16 numbers) of a packed weight that are summed in one
/// go; later ones are added to the result as a sum of their own. A panel's part then takes 64 KB.
#define NOSCE_CHUNK 512

void nosce_pack_rows_scalar(
    nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t first, ptrdiff_t count,
    const float *rows, ptrdiff_t ld, void *packed);

#endif
