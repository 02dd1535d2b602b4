// Softmax over the vocabulary: loss, log-probabilities, sampling.
// Compiled once per instruction set, see Kernels.h.

INLINE float NAME(row_maximum)(const float *row, ptrdiff_t count) {
  v16 best = splat(-3.4e38f);
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) best = larger(best, load(row + i));
  float most = largest_of(best);
  for (; i < count; i++) most = row[i] > most ? row[i] : most;
  return most;
}

/// The sum of e^(scale * (row - most)), each term stored to `terms` when given.
INLINE float NAME(exponential_sum)(
    const float *row, ptrdiff_t count, float most, float scale, float *terms) {
  v16 sums = splat(0);
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const v16 e = exponential((load(row + i) - splat(most)) * splat(scale));
    if (terms) store(terms + i, e);
    sums = sums + e;
  }
  if (i < count) {
    const ptrdiff_t n = count - i;
    float rest[16] = {0};
    const v16 e = exponential((load_some(row + i, n) - splat(most)) * splat(scale));
    memcpy(rest, &e, (size_t)n * sizeof(float));
    if (terms) memcpy(terms + i, rest, (size_t)n * sizeof(float));
    sums = sums + load(rest);
  }
  return sum_of(sums);
}

INLINE double NAME(cross_entropy_rows)(
    ptrdiff_t rows, ptrdiff_t vocabulary, float *logits, const int32_t *targets, float scale,
    nosce_type type, void *dlogits) {
  double loss = 0;
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = logits + r * vocabulary;
    const ptrdiff_t at = r * vocabulary;
    if (targets[r] < 0) {
      for (ptrdiff_t i = 0; i < vocabulary; i += 16)
        store_as(type, dlogits, at + i, splat(0), vocabulary - i);
      continue;
    }
    const float most = NAME(row_maximum)(row, vocabulary);
    const float chosen = row[targets[r]];
    const float sum = NAME(exponential_sum)(row, vocabulary, most, 1, row);
    loss += (double)(__builtin_logf(sum) + (most - chosen));
    const float factor = scale / sum;
    row[targets[r]] -= sum;
    EACH_16(
        vocabulary, { store_as(type, dlogits, at + i, load_some(row + i, n) * splat(factor), n); })
  }
  return loss;
}

double NAME(cross_entropy)(
    ptrdiff_t rows, ptrdiff_t vocabulary, float *logits, const int32_t *targets, float scale,
    nosce_type type, void *dlogits) {
  return type == nosce_float32
      ? NAME(cross_entropy_rows)(rows, vocabulary, logits, targets, scale, nosce_float32, dlogits)
      : NAME(cross_entropy_rows)(rows, vocabulary, logits, targets, scale, nosce_bfloat16, dlogits);
}

void NAME(log_probabilities)(
    ptrdiff_t rows, ptrdiff_t vocabulary, const float *logits, const int32_t *tokens,
    float *result) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = logits + r * vocabulary;
    const float most = NAME(row_maximum)(row, vocabulary);
    const float sum = NAME(exponential_sum)(row, vocabulary, most, 1, NULL);
    result[r] = (row[tokens[r]] - most) - __builtin_logf(sum);
  }
}

int32_t NAME(sample)(
    ptrdiff_t vocabulary, const float *logits, float temperature, float uniform, float *scratch) {
  const float most = NAME(row_maximum)(logits, vocabulary);
  if (temperature <= 0) {
    for (ptrdiff_t i = 0; i < vocabulary; i++) {
      if (logits[i] == most) return (int32_t)i;
    }
    return 0;
  }
  const float sum = NAME(exponential_sum)(logits, vocabulary, most, 1.0f / temperature, scratch);
  const double wanted = (double)uniform * (double)sum;
  double passed = 0;
  int32_t likely = 0;
  for (ptrdiff_t i = 0; i < vocabulary; i += 16) {
    const ptrdiff_t n = vocabulary - i;
    const double block = sum_of(load_some(scratch + i, n));
    if (passed + block > wanted) {
      double running = passed;
      for (ptrdiff_t j = i; j < i + (n < 16 ? n : 16); j++) {
        running += scratch[j];
        if (scratch[j] > 0) likely = (int32_t)j;
        if (running > wanted) return likely;
      }
    } else if (block > 0) {
      for (ptrdiff_t j = i; j < i + (n < 16 ? n : 16); j++) {
        if (scratch[j] > 0) likely = (int32_t)j;
      }
    }
    passed += block;
  }
  return likely;  // rounding left the end of the distribution unpassed: its last possible token
}
