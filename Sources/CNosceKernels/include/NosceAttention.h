// Causal attention over a batch, and behind keys and values kept from earlier.
//
// A row holds [queries | keys | values]. Each key-value head serves the same number of neighbouring
// query heads; all heads are of one size.

#ifndef NOSCE_ATTENTION_H
#define NOSCE_ATTENTION_H

#include "CNosceKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// One head's geometry over a ragged batch whose rows hold [queries | keys | values].
typedef struct nosce_attention {
  ptrdiff_t sequences;
  const int32_t *offsets;  ///< sequences + 1 row numbers
  ptrdiff_t heads, key_value_heads, size;
  float scale;  ///< of a query times a key, usually 1 / sqrt(size)
  float softcap;  ///< scores become softcap * tanh(score / softcap); 0 leaves them
  ptrdiff_t window;  ///< how many keys a query sees, its own being the last; 0 for all before it
  const float *qkv;
  ptrdiff_t ld_qkv;
  float *scratch;  ///< nosce_attention_scratch() floats
} nosce_attention;

ptrdiff_t nosce_attention_scratch(ptrdiff_t longest, ptrdiff_t size);

/// Causal attention within each sequence. `log_sums` [rows, heads] receives the softmax's
/// log-normalisers, which the backward pass starts from.
int nosce_attention_forward(
    nosce_level level, const nosce_attention *shape, float *output, float *log_sums);

/// dqkv receives (not adds) the gradients of queries, keys and values for all rows of the batch.
int nosce_attention_backward(
    nosce_level level, const nosce_attention *shape, const float *output, const float *log_sums,
    const float *doutput, float *dqkv);

/// Attention of one sequence's new rows over keys and values kept from earlier, then over their
/// own. Query i of `queries` sees all `before` kept rows and the first i + 1 of its own, or those
/// of them within the window. A row's result depends on no other row but those that it sees; its
/// last bits also on whether it is one of a call's first queries / 4 * 4 rows or of the rest, whose
/// sums are in another order.
typedef struct nosce_cached_attention {
  ptrdiff_t queries, before;
  ptrdiff_t heads, key_value_heads, size;
  float scale;  ///< of a query times a key, usually 1 / sqrt(size)
  float softcap;  ///< scores become softcap * tanh(score / softcap); 0 leaves them
  ptrdiff_t window;  ///< how many keys a query sees, its own being the last; 0 for all before it
  const float *qkv;  ///< the new rows, rotated
  ptrdiff_t ld_qkv;
  /// Per key-value head, blocks of 16 positions: [capacity / 16][size][16], so that a block's
  /// scores come from consecutive memory.
  const float *keys;
  const float *values;  ///< per key-value head [capacity][size]
  ptrdiff_t capacity;  ///< positions, a multiple of 16
  float *scratch;  ///< nosce_cached_attention_scratch() floats
} nosce_cached_attention;

ptrdiff_t nosce_cached_attention_scratch(ptrdiff_t before, ptrdiff_t queries, ptrdiff_t size);

void nosce_cached_attention_forward(
    nosce_level level, const nosce_cached_attention *shape, float *output, ptrdiff_t ld_output);

/// Stores the keys and values of `rows` rows of [queries | keys | values] behind `before` kept
/// ones.
void nosce_keep_keys_values(
    ptrdiff_t rows, ptrdiff_t before, ptrdiff_t heads, ptrdiff_t key_value_heads, ptrdiff_t size,
    const float *qkv, ptrdiff_t ld_qkv, float *keys, float *values, ptrdiff_t capacity);

#ifdef __cplusplus
}
#endif

#endif
