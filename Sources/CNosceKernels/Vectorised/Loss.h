// Softmax over the vocabulary: loss and log-probabilities.
// Compiled once per instruction set, see Kernels.h.

INLINE float NAME(row_maximum)(const float *row, ptrdiff_t count) {
  v16 best[4] = {splat(-3.4e38f), splat(-3.4e38f), splat(-3.4e38f), splat(-3.4e38f)};
  ptrdiff_t i = 0;
  // Four at once: each comparison waits for the one before it.
  for (; i + 64 <= count; i += 64) {
    for (int k = 0; k < 4; k++) best[k] = larger(best[k], load(row + i + 16 * k));
  }
  for (; i + 16 <= count; i += 16) best[0] = larger(best[0], load(row + i));
  float most = largest_of(larger(larger(best[0], best[1]), larger(best[2], best[3])));
  for (; i < count; i++) most = row[i] > most ? row[i] : most;
  return most;
}

/// e^(scale * (row - most)) of up to 16 numbers, zero beyond them.
INLINE v16 NAME(exponentials)(const float *row, float most, float scale, ptrdiff_t n) {
  const v16 e = exponential((load_some(row, n) - splat(most)) * splat(scale));
  if (n >= 16) return e;
  float rest[16] = {0};
  memcpy(rest, &e, (size_t)n * sizeof(float));
  return load(rest);
}

/// The sum of e^(row - most), each term stored to `terms` when given. This takes longer than the
/// numbers' way from memory, so those of the row to come, `next`, are sent for meanwhile.
INLINE float NAME(exponential_sum)(
    const float *row, const float *next, ptrdiff_t count, float most, float *terms) {
  v16 sums = splat(0);
  EACH_16(count, {
    __builtin_prefetch(next + i, 0, 2);
    const v16 e = NAME(exponentials)(row + i, most, 1, n);
    if (terms) store_some(terms + i, e, n);
    sums = sums + e;
  })
  return sum_of(sums);
}

/// The loss of one row, and `scale` times its gradient.
INLINE double NAME(cross_entropy_row)(
    nosce_type type, ptrdiff_t vocabulary, float *row, const float *next, int32_t target,
    float scale, void *dlogits, ptrdiff_t at) {
  const float most = NAME(row_maximum)(row, vocabulary);
  const float chosen = row[target];
  const float sum = NAME(exponential_sum)(row, next, vocabulary, most, row);
  const float factor = scale / sum;
  row[target] -= sum;
  EACH_16(
      vocabulary, { store_as(type, dlogits, at + i, load_some(row + i, n) * splat(factor), n); })
  return (double)(__builtin_logf(sum) + (most - chosen));
}

/// The same behind the cap. The row keeps the capped logits, from which the gradient's pass makes
/// both the probabilities and the cap's derivative.
INLINE double NAME(capped_cross_entropy_row)(
    nosce_type type, ptrdiff_t vocabulary, float cap, float *row, const float *next,
    int32_t target, float scale, void *dlogits, ptrdiff_t at) {
  const v16 inverse_cap = splat(1.0f / cap);
  // The cap keeps the order, so the largest of the raw logits is the largest of all.
  const float raw = NAME(row_maximum)(row, vocabulary);
  const float most = soft_capped(splat(raw), splat(cap), inverse_cap)[0];
  v16 sums = splat(0);
  EACH_16(vocabulary, {
    __builtin_prefetch(next + i, 0, 2);
    store_some(row + i, soft_capped(load_some(row + i, n), splat(cap), inverse_cap), n);
    sums = sums + NAME(exponentials)(row + i, most, 1, n);
  })
  const float sum = sum_of(sums), chosen = row[target], factor = scale / sum;
  EACH_16(vocabulary, {
    const v16 capped = load_some(row + i, n), t = capped * inverse_cap;
    const v16 slope = splat(1) - t * t;
    const v16 e = exponential(capped - splat(most));
    store_as(type, dlogits, at + i, (e * splat(factor)) * slope, n);
  })
  const v16 t = splat(chosen) * inverse_cap;
  const v16 rest = exponential(splat(chosen - most)) - splat(sum);
  store_as(type, dlogits, at + target, (rest * splat(factor)) * (splat(1) - t * t), 1);
  return (double)(__builtin_logf(sum) + (most - chosen));
}

INLINE double NAME(cross_entropy_rows)(
    ptrdiff_t rows, ptrdiff_t vocabulary, float cap, float *logits, const int32_t *targets,
    float scale, nosce_type type, void *dlogits) {
  double loss = 0;
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = logits + r * vocabulary, *next = r + 1 < rows ? row + vocabulary : row;
    const ptrdiff_t at = r * vocabulary;
    if (targets[r] < 0) {
      for (ptrdiff_t i = 0; i < vocabulary; i += 16)
        store_as(type, dlogits, at + i, splat(0), vocabulary - i);
    } else if (cap > 0) {
      loss += NAME(capped_cross_entropy_row)(
          type, vocabulary, cap, row, next, targets[r], scale, dlogits, at);
    } else {
      loss += NAME(cross_entropy_row)(type, vocabulary, row, next, targets[r], scale, dlogits, at);
    }
  }
  return loss;
}

double NAME(cross_entropy)(
    ptrdiff_t rows, ptrdiff_t vocabulary, float cap, float *logits, const int32_t *targets,
    float scale, nosce_type type, void *dlogits) {
  return type == nosce_float32
      ? NAME(cross_entropy_rows)(
          rows, vocabulary, cap, logits, targets, scale, nosce_float32, dlogits)
      : NAME(cross_entropy_rows)(
          rows, vocabulary, cap, logits, targets, scale, nosce_bfloat16, dlogits);
}

void NAME(log_probabilities)(
    ptrdiff_t rows, ptrdiff_t vocabulary, const float *logits, const int32_t *tokens,
    float *result) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = logits + r * vocabulary, *next = r + 1 < rows ? row + vocabulary : row;
    const float most = NAME(row_maximum)(row, vocabulary);
    const float sum = NAME(exponential_sum)(row, next, vocabulary, most, NULL);
    result[r] = (row[tokens[r]] - most) - __builtin_logf(sum);
  }
}
