// Numbers in the blocks of GGUF files, widened to floats.

#ifndef NOSCE_BLOCKS_H
#define NOSCE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Widens `count` numbers that lie in blocks of a type, by ggml's number for it. `count` is a
/// multiple of the block's size. Returns false for a type that is not known here.
///
/// Every product and every sum is rounded to a float by itself, as in gguf-py's `quants.py`, so that
/// the numbers are the same bit for bit.
bool nosce_widen_blocks(int32_t type, ptrdiff_t count, const void *source, float *target);

#endif
