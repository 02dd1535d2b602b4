// Causal attention within each sequence of a batch, forward and backward.
// Compiled once per instruction set, see Kernels.h.
//
// Four queries go together, so that each block of keys is loaded once for all of them. Several sums
// run side by side, since one alone would wait for each of its additions. `mr` and `ways` are
// constants after inlining.

/// Softmax of one row's first `seen` scores times `scale`, zero up to `total`; returns the log of
/// the sum.
INLINE float NAME(softmax_row)(float *row, ptrdiff_t seen, ptrdiff_t total, float scale) {
  v16 best = splat(-3.0e38f);
  ptrdiff_t i = 0;
  for (; i + 16 <= seen; i += 16) best = larger(best, load(row + i));
  float most = largest_of(best);
  for (; i < seen; i++) most = row[i] > most ? row[i] : most;
  const float shift = most * scale;
  v16 sums = splat(0);
  i = 0;
  for (; i + 16 <= seen; i += 16) {
    const v16 e = exponential(load(row + i) * splat(scale) - splat(shift));
    sums = sums + e;
    store(row + i, e);
  }
  if (i < seen) {
    const v16 e = exponential(load_some(row + i, seen - i) * splat(scale) - splat(shift));
    store_some(row + i, e, seen - i);
    sums = sums + load_some(row + i, seen - i);
  }
  const float sum = sum_of(sums);
  const v16 inverse = splat(1.0f / sum);
  EACH_16(seen, { store_some(row + i, load_some(row + i, n) * inverse, n); })
  for (i = seen; i < total; i++) row[i] = 0;
  return shift + __builtin_logf(sum);
}

/// The scores of `mr` rows of q against one block of 16 keys.
INLINE void NAME(block_scores)(
    const int mr, const int ways, ptrdiff_t size, const float *q, ptrdiff_t ld, const float *block,
    float *scores, ptrdiff_t ld_scores) {
  v16 sums[4][4];
  for (int r = 0; r < mr; r++) {
    for (int w = 0; w < ways; w++) sums[r][w] = splat(0);
  }
  ptrdiff_t e = 0;
  for (; e + ways <= size; e += ways) {
    for (int w = 0; w < ways; w++) {
      const v16 keys = load(block + (e + w) * 16);
      for (int r = 0; r < mr; r++) sums[r][w] = sums[r][w] + splat(q[r * ld + e + w]) * keys;
    }
  }
  for (; e < size; e++) {
    for (int r = 0; r < mr; r++)
      sums[r][0] = sums[r][0] + splat(q[r * ld + e]) * load(block + e * 16);
  }
  for (int r = 0; r < mr; r++) {
    v16 total = sums[r][0] + sums[r][1];
    if (ways == 4) total = total + (sums[r][2] + sums[r][3]);
    store(scores + r * ld_scores, total);
  }
}

/// Adds, to `mr` sums of `n` columns, `count` vectors with weights[row * row_step + j * step].
INLINE void NAME(add_weighted)(
    const int mr, const int ways, v16 sums[4][4], ptrdiff_t count, const float *vectors,
    ptrdiff_t ld, const float *weights, ptrdiff_t row_step, ptrdiff_t step, ptrdiff_t n) {
  ptrdiff_t j = 0;
  for (; j + ways <= count; j += ways) {
    for (int w = 0; w < ways; w++) {
      const v16 value = load_some(vectors + (j + w) * ld, n);
      for (int r = 0; r < mr; r++) {
        sums[r][w] = sums[r][w] + splat(weights[r * row_step + (j + w) * step]) * value;
      }
    }
  }
  for (; j < count; j++) {
    const v16 value = load_some(vectors + j * ld, n);
    for (int r = 0; r < mr; r++) {
      sums[r][0] = sums[r][0] + splat(weights[r * row_step + j * step]) * value;
    }
  }
}

INLINE void NAME(clear_sums)(const int mr, const int ways, v16 sums[4][4]) {
  for (int r = 0; r < mr; r++) {
    for (int w = 0; w < ways; w++) sums[r][w] = splat(0);
  }
}

INLINE void NAME(store_sums)(
    const int mr, const int ways, v16 sums[4][4], float *output, ptrdiff_t ld, ptrdiff_t n,
    bool add) {
  for (int r = 0; r < mr; r++) {
    v16 total = sums[r][0] + sums[r][1];
    if (ways == 4) total = total + (sums[r][2] + sums[r][3]);
    if (add) total = total + load_some(output + r * ld, n);
    store_some(output + r * ld, total, n);
  }
}

/// output[mr rows, size] (+)= weights · vectors[count, size].
INLINE void NAME(weighted_rows)(
    const int mr, const int ways, ptrdiff_t size, ptrdiff_t count, const float *vectors,
    ptrdiff_t ld, const float *weights, ptrdiff_t row_step, ptrdiff_t step, bool add, float *output,
    ptrdiff_t ld_output) {
  EACH_16(size, {
    v16 sums[4][4];
    NAME(clear_sums)(mr, ways, sums);
    NAME(add_weighted)(mr, ways, sums, count, vectors + i, ld, weights, row_step, step, n);
    NAME(store_sums)(mr, ways, sums, output + i, ld_output, n, add);
  })
}

/// One head of one sequence.
typedef struct NAME(head) {
  ptrdiff_t size, ld, width, heads, length;
  float scale;
  const float *q, *k, *v;
  const float *key_blocks, *value_blocks;
} NAME(head);

INLINE void NAME(forward_rows)(
    const int mr, const int ways, const NAME(head) * head, ptrdiff_t first, float *scores,
    float *output, float *log_sums) {
  const ptrdiff_t seen = first + mr, ld_scores = head->length + 16;
  for (ptrdiff_t j = 0; j < seen; j += 16) {
    NAME(block_scores)(
        mr, ways, head->size, head->q + first * head->ld, head->ld,
        head->key_blocks + j * head->size, scores + j, ld_scores);
  }
  for (int r = 0; r < mr; r++) {
    log_sums[(first + r) * head->heads] =
        NAME(softmax_row)(scores + r * ld_scores, first + r + 1, seen, head->scale);
  }
  NAME(weighted_rows)(
      mr, ways, head->size, seen, head->v, head->ld, scores, ld_scores, 1, false,
      output + first * head->width, head->width);
}

int NAME(attention_forward)(const nosce_attention *shape, float *output, float *log_sums) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads;
  NAME(head)
  head = {
      size,
      shape->ld_qkv,
      shape->heads * size,
      shape->heads,
      0,
      1.0f / __builtin_sqrtf(size),
      NULL,
      NULL,
      NULL,
      NULL,
      NULL};
  for (ptrdiff_t s = 0; s < shape->sequences; s++) {
    const ptrdiff_t start = shape->offsets[s];
    head.length = shape->offsets[s + 1] - start;
    float *scores = shape->scratch + (head.length + 16) * size;
    head.key_blocks = shape->scratch;
    for (ptrdiff_t h = 0; h < shape->heads; h++) {
      head.q = shape->qkv + start * head.ld + h * size;
      head.k = shape->qkv + start * head.ld + head.width + (h / group) * size;
      head.v = head.k + shape->key_value_heads * size;
      if (h % group == 0) as_blocks(head.length, size, head.k, head.ld, shape->scratch);
      float *out = output + start * head.width + h * size;
      float *sums = log_sums + start * shape->heads + h;
      ptrdiff_t r = 0;
      for (; r + 4 <= head.length; r += 4) {
        NAME(forward_rows)(4, 2, &head, r, scores, out, sums);
      }
      for (; r < head.length; r++) NAME(forward_rows)(1, 4, &head, r, scores, out, sums);
    }
  }
  return 0;
}

/// The softmax's weights of `mr` queries, and the gradients of their scores.
INLINE void NAME(backward_rows)(
    const int mr, const int ways, const NAME(head) * head, ptrdiff_t first, const float *output,
    const float *doutput, const float *log_sums, float *p, float *ds, ptrdiff_t ld_scores,
    float *dq) {
  const ptrdiff_t seen = first + mr, size = head->size;
  const float *d_o = doutput + first * head->width;
  for (ptrdiff_t j = 0; j < seen; j += 16) {
    NAME(block_scores)(
        mr, ways, size, head->q + first * head->ld, head->ld, head->key_blocks + j * size, p + j,
        ld_scores);
    NAME(block_scores)(
        mr, ways, size, d_o, head->width, head->value_blocks + j * size, ds + j, ld_scores);
  }
  for (int r = 0; r < mr; r++) {
    const float *o = output + (first + r) * head->width;
    v16 dots = splat(0);
    EACH_16(size, { dots = dots + load_some(o + i, n) * load_some(d_o + r * head->width + i, n); })
    const v16 dot = splat(sum_of(dots)), scale = splat(head->scale);
    const v16 log_sum = splat(log_sums[(first + r) * head->heads]);
    float *row = p + r * ld_scores, *drow = ds + r * ld_scores;
    const ptrdiff_t visible = first + r + 1;
    EACH_16(visible, {
      const v16 e = exponential(load_some(row + i, n) * scale - log_sum);
      store_some(row + i, e, n);
      store_some(drow + i, e * (load_some(drow + i, n) - dot) * scale, n);
    })
    for (ptrdiff_t i = visible; i < seen; i++) row[i] = drow[i] = 0;
  }
  NAME(weighted_rows)(
      mr, ways, size, seen, head->k, head->ld, ds, ld_scores, 1, false, dq + first * head->ld,
      head->ld);
}

int NAME(attention_backward)(
    const nosce_attention *shape, const float *output, const float *log_sums, const float *doutput,
    float *dqkv) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads;
  NAME(head)
  head = {
      size,
      shape->ld_qkv,
      shape->heads * size,
      shape->heads,
      0,
      1.0f / __builtin_sqrtf(size),
      NULL,
      NULL,
      NULL,
      NULL,
      NULL};
  for (ptrdiff_t s = 0; s < shape->sequences; s++) {
    const ptrdiff_t start = shape->offsets[s], length = shape->offsets[s + 1] - start;
    if (length == 0) continue;
    const ptrdiff_t ld_scores = length + 16, last = (length - 1) / NOSCE_QUERY_BLOCK;
    float *keys = shape->scratch, *values = keys + ld_scores * size;
    float *p = values + ld_scores * size, *ds = p + NOSCE_QUERY_BLOCK * ld_scores;
    head.length = length;
    head.key_blocks = keys;
    head.value_blocks = values;
    for (ptrdiff_t h = 0; h < shape->heads; h++) {
      head.q = shape->qkv + start * head.ld + h * size;
      head.k = shape->qkv + start * head.ld + head.width + (h / group) * size;
      head.v = head.k + shape->key_value_heads * size;
      if (h % group == 0) {
        as_blocks(length, size, head.k, head.ld, keys);
        as_blocks(length, size, head.v, head.ld, values);
      }
      const float *o = output + start * head.width + h * size;
      const float *d_o = doutput + start * head.width + h * size;
      const float *sums = log_sums + start * shape->heads + h;
      float *dq = dqkv + start * head.ld + h * size;
      float *dk = dqkv + start * head.ld + head.width + (h / group) * size;
      float *dv = dk + shape->key_value_heads * size;
      // The last block of queries sees every key, so it sets dk and dv where the others add.
      for (ptrdiff_t block = last; block >= 0; block--) {
        const ptrdiff_t first = block * NOSCE_QUERY_BLOCK;
        const ptrdiff_t end = block == last ? length : first + NOSCE_QUERY_BLOCK;
        const bool add = block != last || h % group != 0;
        ptrdiff_t r = first;
#define SCORES(mr, ways) \
  NAME(backward_rows)( \
      mr, ways, &head, r, o, d_o, sums, p + (r - first) * ld_scores, ds + (r - first) * ld_scores, \
      ld_scores, dq)
        for (; r + 4 <= end; r += 4) SCORES(4, 2);
        for (; r < end; r++) SCORES(1, 4);
#undef SCORES
        // Keys from `first` on are seen by the block's later queries only.
#define KEYS(mr, ways) \
  const ptrdiff_t from = j > first ? j : first; \
  const ptrdiff_t at = (from - first) * ld_scores + j; \
  NAME(weighted_rows)( \
      mr, ways, size, end - from, head.q + from * head.ld, head.ld, ds + at, 1, ld_scores, add, \
      dk + j * head.ld, head.ld); \
  NAME(weighted_rows)( \
      mr, ways, size, end - from, d_o + from * head.width, head.width, p + at, 1, ld_scores, add, \
      dv + j * head.ld, head.ld);
        ptrdiff_t j = 0;
        for (; j + 4 <= end; j += 4) {
          KEYS(4, 2)
        }
        for (; j < end; j++) {
          KEYS(1, 4)
        }
#undef KEYS
      }
    }
  }
  return 0;
}
