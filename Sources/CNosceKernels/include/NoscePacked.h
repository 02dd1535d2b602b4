// Products with a weight that is packed once and never changes: the frozen base of a model.
//
// One packed copy serves everything: training's forward products and input gradients, generation
// with few rows, scoring, and reading rows back (an embedding whose table is also the head).
// Nothing here allocates, starts a thread, or calls a library.
//
// A weight is [outputs, inputs], row-major before it is packed. Numbers of `nosce_float32` products
// are 32-bit floats throughout. Those of `nosce_bfloat16` products are bfloat16 in x, dy and the
// packed weight, with 32-bit sums and results. They are fast only where `nosce_has_bfloat16`, whose
// instruction takes numbers below 2^-126 for zero.
//
// Each row of a result depends on that row of the operand and on the weight, bit for bit, and on
// nothing else: not on how many rows there are, where the row lies, or how work is split among
// threads. Different levels may differ in the last bits.

#ifndef NOSCE_PACKED_H
#define NOSCE_PACKED_H

#include "CNosceKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes of a packed weight. It must be aligned to 4 bytes and is best aligned to 64; large ones
/// gain from huge pages.
ptrdiff_t nosce_packed_bytes(nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs);

/// How many panels of outputs a weight has: the unit in which threads share out a product.
ptrdiff_t nosce_packed_panels(ptrdiff_t outputs);

/// How many blocks of inputs a weight has: the unit in which threads share out a gradient.
ptrdiff_t nosce_packed_input_blocks(ptrdiff_t inputs);

/// Outputs per panel, and inputs per block.
#define NOSCE_PACKED_PANEL 32

/// Packs `count` rows of the weight, which start at output `first` and lie `ld` floats apart.
/// Rows may come in any order and in pieces of any size; once each has come, every byte of
/// `packed` has been written, padding included. bfloat16 rounds to nearest, ties to even.
void nosce_pack_rows(
    nosce_level level, nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t first,
    ptrdiff_t count, const float *rows, ptrdiff_t ld, void *packed);

/// rows[i] = the weight's row which[i], as packed. Each of `which` lies in 0..<outputs.
void nosce_unpack_rows(
    nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, const int32_t *which, ptrdiff_t count,
    const void *packed, float *rows, ptrdiff_t ld);

/// y[rows, outputs] (+)= x[rows, inputs] * weight^T, for the outputs of panels first..<end.
/// Reads nothing of x beyond a row's inputs.
void nosce_packed_product(
    nosce_level level, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs,
    const void *x, ptrdiff_t ldx, const void *packed, ptrdiff_t first, ptrdiff_t end,
    bool accumulate, float *y, ptrdiff_t ldy);

/// Bytes of scratch for one call of nosce_packed_gradient, at most 128 KB. Aligned as a packed
/// weight is.
ptrdiff_t nosce_packed_gradient_scratch(nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs);

/// dx[rows, inputs] (+)= dy[rows, outputs] * weight, for the inputs of blocks first..<end.
/// Threads that work at the same time need a scratch each.
void nosce_packed_gradient(
    nosce_level level, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs,
    const void *dy, ptrdiff_t lddy, const void *packed, ptrdiff_t first, ptrdiff_t end,
    bool accumulate, float *dx, ptrdiff_t lddx, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
