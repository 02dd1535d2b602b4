// What every attention kernel is made of: scores of a few queries, softmax, weighted sums.
// Compiled once per instruction set, see Kernels.h.
//
// A few queries go together, so that each block of keys is loaded once for all of them. Several
// sums run side by side, since one alone would wait for each of its additions. `mr` and `ways` are
// constants after inlining. A row's numbers depend on `ways`, never on `mr`.

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
  v16 sums[8][4];
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
    const int mr, const int ways, v16 sums[8][4], ptrdiff_t count, const float *vectors,
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

INLINE void NAME(clear_sums)(const int mr, const int ways, v16 sums[8][4]) {
  for (int r = 0; r < mr; r++) {
    for (int w = 0; w < ways; w++) sums[r][w] = splat(0);
  }
}

INLINE void NAME(store_sums)(
    const int mr, const int ways, v16 sums[8][4], float *output, ptrdiff_t ld, ptrdiff_t n,
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
    v16 sums[8][4];
    NAME(clear_sums)(mr, ways, sums);
    NAME(add_weighted)(mr, ways, sums, count, vectors + i, ld, weights, row_step, step, n);
    NAME(store_sums)(mr, ways, sums, output + i, ld_output, n, add);
  })
}

/// Which keys a query sees, and how it scores them.
typedef struct NAME(rule) {
  float scale, softcap;
  ptrdiff_t window;
} NAME(rule);

/// The first of the positions that position `i` sees.
INLINE ptrdiff_t NAME(first_seen)(const NAME(rule) * rule, ptrdiff_t i) {
  return rule->window > 0 && i >= rule->window ? i - rule->window + 1 : 0;
}

/// The softmax of one query's scores, from the key at which `row` begins up to `total`: those
/// before `from` and from `seen` on become zero. Returns the log of the sum.
INLINE float NAME(attention_weights)(
    const NAME(rule) * rule, float *row, ptrdiff_t from, ptrdiff_t seen, ptrdiff_t total) {
  for (ptrdiff_t i = 0; i < from; i++) row[i] = 0;
  if (rule->softcap == 0) {
    return NAME(softmax_row)(row + from, seen - from, total - from, rule->scale);
  }
  const v16 cap = splat(rule->softcap), inside = splat(rule->scale / rule->softcap);
  EACH_16(seen - from, {
    store_some(row + from + i, soft_capped(load_some(row + from + i, n), cap, inside), n);
  })
  return NAME(softmax_row)(row + from, seen - from, total - from, 1);
}
