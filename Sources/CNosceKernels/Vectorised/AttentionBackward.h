// The gradients of causal attention.
// Compiled once per instruction set, see Kernels.h.

/// From scores `row` and products of the output's gradient with the values `drow`: the softmax's
/// weights, and the gradients of the plain products of queries and keys.
INLINE void NAME(score_gradients)(
    const NAME(rule) * rule, ptrdiff_t count, float log_sum, float dot, float *row, float *drow) {
  const v16 scale = splat(rule->scale), middle = splat(dot), normaliser = splat(log_sum);
  if (rule->softcap == 0) {
    EACH_16(count, {
      const v16 e = exponential(load_some(row + i, n) * scale - normaliser);
      store_some(row + i, e, n);
      store_some(drow + i, e * (load_some(drow + i, n) - middle) * scale, n);
    })
    return;
  }
  const v16 cap = splat(rule->softcap), inside = splat(rule->scale / rule->softcap);
  EACH_16(count, {
    const v16 t = hyperbolic_tangent(load_some(row + i, n) * inside);
    const v16 e = exponential(cap * t - normaliser), slope = splat(1) - t * t;
    store_some(row + i, e, n);
    store_some(drow + i, e * (load_some(drow + i, n) - middle) * (scale * slope), n);
  })
}

/// Where a backward pass keeps what it needs of one key-value head and one block of queries.
typedef struct NAME(backward_space) {
  ptrdiff_t ld_scores;
  float *key_blocks, *value_blocks;  ///< as_blocks
  float *keys;  ///< [length][size], as are the sums dk and dv
  float *dk, *dv;
  float *p, *ds;  ///< the softmax's weights and the score gradients, [queries][ld_scores]
  float *q, *doutput;  ///< [queries][size]
} NAME(backward_space);

INLINE NAME(backward_space)
    NAME(backward_space_in)(float *scratch, ptrdiff_t length, ptrdiff_t size) {
  const ptrdiff_t ld_scores = length + 16;
  NAME(backward_space) space = {.ld_scores = ld_scores, .key_blocks = scratch};
  space.value_blocks = space.key_blocks + ld_scores * size;
  space.keys = space.value_blocks + ld_scores * size;
  space.dk = space.keys + length * size;
  space.dv = space.dk + length * size;
  space.p = space.dv + length * size;
  space.ds = space.p + NOSCE_QUERY_BLOCK * ld_scores;
  space.q = space.ds + NOSCE_QUERY_BLOCK * ld_scores;
  space.doutput = space.q + NOSCE_QUERY_BLOCK * size;
  return space;
}

/// The softmax's weights of the queries `first` + `row` to + mr, the gradients of their scores and
/// their own.
INLINE void NAME(backward_rows)(
    const int mr, const int ways, const NAME(head) * head, const NAME(backward_space) * space,
    ptrdiff_t first, ptrdiff_t row, const float *output, const float *log_sums, float *dq) {
  const ptrdiff_t size = head->size, ld_scores = space->ld_scores, at = first + row;
  const ptrdiff_t seen = at + mr, start = NAME(first_seen)(&head->rule, at) / 16 * 16;
  const float *q = space->q + row * size, *d_o = space->doutput + row * size;
  float *p = space->p + row * ld_scores, *ds = space->ds + row * ld_scores;
  for (ptrdiff_t j = start; j < seen; j += 16) {
    NAME(block_scores)(mr, ways, size, q, size, space->key_blocks + j * size, p + j, ld_scores);
    NAME(block_scores)(
        mr, ways, size, d_o, size, space->value_blocks + j * size, ds + j, ld_scores);
  }
  for (int r = 0; r < mr; r++) {
    const float *o = output + (at + r) * head->width;
    v16 dots = splat(0);
    EACH_16(size, { dots = dots + load_some(o + i, n) * load_some(d_o + r * size + i, n); })
    float *weights = p + r * ld_scores, *gradients = ds + r * ld_scores;
    const ptrdiff_t from = NAME(first_seen)(&head->rule, at + r), visible = at + r + 1;
    NAME(score_gradients)(
        &head->rule, visible - from, log_sums[(at + r) * head->heads], sum_of(dots),
        weights + from, gradients + from);
    for (ptrdiff_t i = start; i < from; i++) weights[i] = gradients[i] = 0;
    for (ptrdiff_t i = visible; i < seen; i++) weights[i] = gradients[i] = 0;
  }
  NAME(weighted_rows)(
      mr, ways, size, seen - start, space->keys + start * size, size, ds + start, ld_scores, 1,
      false, dq + at * head->ld, head->ld);
}

/// What the queries from `first` to `end` give to the keys j to j + mr, added to dk and dv or set.
INLINE void NAME(backward_keys)(
    const int mr, const int ways, const NAME(head) * head, const NAME(backward_space) * space,
    ptrdiff_t first, ptrdiff_t end, ptrdiff_t j, bool add) {
  // Keys from `first` on are seen by the block's later queries only, and with a window no key by
  // those too far behind it.
  const ptrdiff_t from = j > first ? j : first, last = j + mr - 1 + head->rule.window;
  const ptrdiff_t count = (head->rule.window > 0 && last < end ? last : end) - from;
  const ptrdiff_t size = head->size, at = (from - first) * space->ld_scores + j;
  NAME(weighted_rows)(
      mr, ways, size, count, space->q + (from - first) * size, size, space->ds + at, 1,
      space->ld_scores, add, space->dk + j * size, size);
  NAME(weighted_rows)(
      mr, ways, size, count, space->doutput + (from - first) * size, size, space->p + at, 1,
      space->ld_scores, add, space->dv + j * size, size);
}

/// The queries from `first` to `end`. Pointers are to the sequence's first row.
INLINE void NAME(backward_block)(
    const NAME(head) * head, const NAME(backward_space) * space, ptrdiff_t first, ptrdiff_t end,
    bool add, const float *output, const float *doutput, const float *log_sums, float *dq) {
  const ptrdiff_t size = head->size, rows = end - first;
  gather_rows(rows, size, head->q + first * head->ld, head->ld, space->q);
  gather_rows(rows, size, doutput + first * head->width, head->width, space->doutput);
  ptrdiff_t r = 0;
#define SCORES(mr, ways) \
  for (; r + mr <= rows; r += mr) { \
    NAME(backward_rows)(mr, ways, head, space, first, r, output, log_sums, dq); \
  }
#define KEYS(mr, ways, bound) \
  for (; j + mr <= bound; j += mr) { \
    NAME(backward_keys)(mr, ways, head, space, first, end, j, add); \
  }
#if NOSCE_WIDE
  SCORES(8, 2)
#endif
  SCORES(4, 2)
  SCORES(1, 4)
  ptrdiff_t j = NAME(first_seen)(&head->rule, first) / 16 * 16;
#if NOSCE_WIDE
  KEYS(8, 2, first)
#endif
  KEYS(4, 2, end)
  KEYS(1, 4, end)
#undef SCORES
#undef KEYS
}

/// One head's part of the backward pass.
INLINE void NAME(backward_head)(
    const NAME(head) * head, const NAME(backward_space) * space, bool first_of_group,
    const float *output, const float *doutput, const float *log_sums, float *dq) {
  const ptrdiff_t last = (head->length - 1) / NOSCE_QUERY_BLOCK;
  const bool windowed = head->rule.window > 0;
  if (windowed && first_of_group) {
    const size_t bytes = (size_t)(head->length * head->size) * sizeof(float);
    memset(space->dk, 0, bytes);
    memset(space->dv, 0, bytes);
  }
  // Without a window the last block of queries sees every key, so it sets dk and dv where the
  // others add.
  for (ptrdiff_t b = last; b >= 0; b--) {
    const ptrdiff_t first = b * NOSCE_QUERY_BLOCK;
    const ptrdiff_t end = b == last ? head->length : first + NOSCE_QUERY_BLOCK;
    NAME(backward_block)(
        head, space, first, end, windowed || b != last || !first_of_group, output, doutput,
        log_sums, dq);
  }
}

INLINE void NAME(backward_sequence)(
    NAME(head) * head, const nosce_attention *shape, ptrdiff_t start, const float *output,
    const float *log_sums, const float *doutput, float *dqkv) {
  const ptrdiff_t size = head->size, length = head->length;
  const ptrdiff_t group = shape->heads / shape->key_value_heads;
  const NAME(backward_space) space = NAME(backward_space_in)(shape->scratch, length, size);
  for (ptrdiff_t h = 0; h < shape->heads; h++) {
    NAME(enter)(head, shape, start, h);
    if (h % group == 0) {
      as_blocks(length, size, head->k, head->ld, space.key_blocks);
      as_blocks(length, size, head->v, head->ld, space.value_blocks);
      gather_rows(length, size, head->k, head->ld, space.keys);
    }
    const ptrdiff_t at = start * head->width + h * size;
    NAME(backward_head)(
        head, &space, h % group == 0, output + at, doutput + at,
        log_sums + start * shape->heads + h, dqkv + start * head->ld + h * size);
    if (h % group < group - 1) continue;
    float *dk = dqkv + start * head->ld + head->width + h / group * size;
    scatter_rows(length, size, space.dk, dk, head->ld);
    scatter_rows(length, size, space.dv, dk + shape->key_value_heads * size, head->ld);
  }
}

int NAME(attention_backward)(
    const nosce_attention *shape, const float *output, const float *log_sums, const float *doutput,
    float *dqkv) {
  NAME(head) head = NAME(heads_of)(shape);
  for (ptrdiff_t s = 0; s < shape->sequences; s++) {
    head.length = shape->offsets[s + 1] - shape->offsets[s];
    if (head.length == 0) continue;
    NAME(backward_sequence)(&head, shape, shape->offsets[s], output, log_sums, doutput, dqkv);
  }
  return 0;
}
