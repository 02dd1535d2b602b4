// Attention of new rows behind keys and values kept from earlier.
// Compiled once per instruction set, see Kernels.h.

/// One key-value head: where its kept and new keys and values lie.
typedef struct NAME(cached_head) {
  ptrdiff_t size, before, ld_scores;
  NAME(rule) rule;
  const float *kept_keys, *own_keys;  ///< as_blocks
  const float *kept_values, *own_values;  ///< [rows][size]
  float *scores;
} NAME(cached_head);

/// Some of the rows that one key-value head serves: neighbouring queries of one head (`step` 1), or
/// one query of neighbouring heads (`step` 0).
typedef struct NAME(cached_queries) {
  ptrdiff_t first;  ///< among the new rows
  ptrdiff_t step;
  const float *q;
  ptrdiff_t ld_q;
  float *output;
  ptrdiff_t ld_output;
} NAME(cached_queries);

INLINE void NAME(cached_rows)(
    const int mr, const int ways, const NAME(cached_head) * head, NAME(cached_queries) rows) {
  const ptrdiff_t size = head->size, before = head->before, ld_scores = head->ld_scores;
  const ptrdiff_t own_seen = rows.first + (mr - 1) * rows.step + 1;
  float *scores = head->scores;
  // Whole blocks that no row of these sees are left out. Scores lie at their positions.
  const ptrdiff_t seen = NAME(first_seen)(&head->rule, before + rows.first);
  const ptrdiff_t kept_start = seen < before ? seen / 16 * 16 : before;
  const ptrdiff_t own_start = seen < before ? 0 : (seen - before) / 16 * 16;
  const ptrdiff_t start = seen < before ? kept_start : before + own_start;
  for (ptrdiff_t j = kept_start; j < before; j += 16) {
    NAME(block_scores)(
        mr, ways, size, rows.q, rows.ld_q, head->kept_keys + j * size, scores + j, ld_scores);
  }
  for (ptrdiff_t j = own_start; j < own_seen; j += 16) {
    NAME(block_scores)(
        mr, ways, size, rows.q, rows.ld_q, head->own_keys + j * size, scores + before + j,
        ld_scores);
  }
  for (int r = 0; r < mr; r++) {
    const ptrdiff_t own = before + rows.first + r * rows.step;
    NAME(attention_weights)(
        &head->rule, scores + r * ld_scores + start, NAME(first_seen)(&head->rule, own) - start,
        own + 1 - start, before + own_seen - start);
  }
  EACH_16(size, {
    v16 sums[8][4];
    NAME(clear_sums)(mr, ways, sums);
    NAME(add_weighted)(
        mr, ways, sums, before - kept_start, head->kept_values + kept_start * size + i, size,
        scores + kept_start, ld_scores, 1, n);
    NAME(add_weighted)(
        mr, ways, sums, own_seen - own_start, head->own_values + own_start * size + i, size,
        scores + before + own_start, ld_scores, 1, n);
    NAME(store_sums)(mr, ways, sums, rows.output + i, rows.ld_output, n, false);
  })
}

/// The rows of the heads that share key-value head g.
INLINE void NAME(cached_group)(
    const nosce_cached_attention *shape, const NAME(cached_head) * head, ptrdiff_t g,
    float *output, ptrdiff_t ld_output) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads;
  const float *q = shape->qkv + g * group * size;
  output += g * group * size;
  // Rows that make no group of four take all heads together, so that what is kept, which is all
  // the time of a single row, is read once for them.
  const ptrdiff_t fours = shape->queries / 4 * 4;
  for (ptrdiff_t h = 0; h < group; h++) {
    ptrdiff_t r = 0;
#define ROWS(mr) \
  for (; r + mr <= fours; r += mr) { \
    const NAME(cached_queries) rows = { \
        r, 1, q + r * shape->ld_qkv + h * size, shape->ld_qkv, \
        output + r * ld_output + h * size, ld_output}; \
    NAME(cached_rows)(mr, 2, head, rows); \
  }
#if NOSCE_WIDE
    ROWS(8)
#endif
    ROWS(4)
#undef ROWS
  }
  for (ptrdiff_t r = fours; r < shape->queries; r++) {
    ptrdiff_t h = 0;
#define HEADS(mr) \
  for (; h + mr <= group; h += mr) { \
    const NAME(cached_queries) rows = { \
        r, 0, q + r * shape->ld_qkv + h * size, size, output + r * ld_output + h * size, size}; \
    NAME(cached_rows)(mr, 4, head, rows); \
  }
#if NOSCE_WIDE
    HEADS(4)
    HEADS(2)
#endif
    HEADS(1)
#undef HEADS
  }
}

void NAME(cached_attention_forward)(
    const nosce_cached_attention *shape, float *output, ptrdiff_t ld_output) {
  const ptrdiff_t size = shape->size, heads = shape->heads, kept = shape->key_value_heads;
  const ptrdiff_t queries = shape->queries, blocks = (queries + 15) / 16 * 16;
  float *own_keys = shape->scratch, *own_values = own_keys + size * blocks;
  NAME(cached_head) head = {.size = size, .before = shape->before};
  head.ld_scores = shape->before + blocks + 16;
  head.rule = (NAME(rule)){shape->scale, shape->softcap, shape->window};
  head.own_keys = own_keys;
  head.own_values = own_values;
  head.scores = own_values + size * queries;
  for (ptrdiff_t g = 0; g < kept; g++) {
    head.kept_keys = shape->keys + g * size * shape->capacity;
    head.kept_values = shape->values + g * size * shape->capacity;
    as_blocks(queries, size, shape->qkv + (heads + g) * size, shape->ld_qkv, own_keys);
    gather_rows(
        queries, size, shape->qkv + (heads + kept + g) * size, shape->ld_qkv, own_values);
    NAME(cached_group)(shape, &head, g, output, ld_output);
  }
}
