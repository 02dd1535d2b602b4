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

/// How many outputs of a packed weight lie side by side.
#define NOSCE_PANEL 32

#endif
