// Drawing a token.
// Compiled once per instruction set, see Kernels.h.

INLINE int32_t NAME(first_equal)(const float *row, ptrdiff_t count, float wanted) {
  for (ptrdiff_t i = 0; i < count; i += 16) {
    // Beyond the row stands a zero, which may be equal too, but never before the one sought.
    const i16 equal = load_some(row + i, count - i) == splat(wanted);
    if (!__builtin_reduce_or(equal)) continue;
    for (ptrdiff_t j = i; j < count && j < i + 16; j++) {
      if (row[j] == wanted) return (int32_t)j;
    }
  }
  return 0;
}

/// The sums of sixteen vectors, each with the bits that sum_of gives.
INLINE v16 NAME(sums_of)(v16 x[16]) {
#define HALVE(step, swap) \
  for (int k = 0; k < step; k++) { \
    const v16 both[2] = {swap(x[k], x[k + step])}; \
    x[k] = both[0] + both[1]; \
  }
  HALVE(8, SWAP_8)
  HALVE(4, SWAP_4)
  HALVE(2, SWAP_2)
  HALVE(1, SWAP_1)
#undef HALVE
  return x[0];
}

/// The sum of e^(scale * (row - most)); `blocks` receives the sums of sixteen neighbours each.
INLINE float NAME(block_sums)(
    const float *row, ptrdiff_t count, float most, float scale, float *blocks) {
  v16 sums = splat(0);
  ptrdiff_t i = 0;
  for (; i + 256 <= count; i += 256) {
    v16 x[16];
    for (int k = 0; k < 16; k++) {
      x[k] = NAME(exponentials)(row + i + 16 * k, most, scale, 16);
      sums = sums + x[k];
    }
    store(blocks + i / 16, NAME(sums_of)(x));
  }
  for (; i < count; i += 16) {
    const v16 x = NAME(exponentials)(row + i, most, scale, count - i);
    sums = sums + x;
    blocks[i / 16] = sum_of(x);
  }
  return sum_of(sums);
}

/// One draw: a token's term is e^(scale * (logit - most)).
typedef struct NAME(draw) {
  const float *logits;
  ptrdiff_t vocabulary;
  float most, scale;
  double wanted;  ///< the running sum to pass
  int32_t likely;  ///< of the tokens looked at, the last that has a probability
} NAME(draw);

/// Whether the running sum, `passed` before the block, passes `wanted` in it; `likely` is where.
INLINE bool NAME(passes)(NAME(draw) * draw, ptrdiff_t first, double passed) {
  const ptrdiff_t n = draw->vocabulary - first;
  const v16 terms = NAME(exponentials)(draw->logits + first, draw->most, draw->scale, n);
  for (ptrdiff_t j = 0; j < n && j < 16; j++) {
    passed += terms[j];
    if (terms[j] > 0) draw->likely = (int32_t)(first + j);
    if (passed > draw->wanted) return true;
  }
  return false;
}

int32_t NAME(sample)(
    ptrdiff_t vocabulary, const float *logits, float temperature, float uniform, float *scratch) {
  const float most = NAME(row_maximum)(logits, vocabulary);
  if (temperature <= 0) return NAME(first_equal)(logits, vocabulary, most);
  NAME(draw) draw = {logits, vocabulary, most, 1.0f / temperature, 0, 0};
  const float sum = NAME(block_sums)(logits, vocabulary, most, draw.scale, scratch);
  draw.wanted = (double)uniform * (double)sum;
  const ptrdiff_t blocks = (vocabulary + 15) / 16;
  double passed = 0;
  for (ptrdiff_t b = 0; b < blocks; b++) {
    const double next = passed + (double)scratch[b];
    if (next > draw.wanted && NAME(passes)(&draw, 16 * b, passed)) return draw.likely;
    passed = next;
  }
  // Rounding left the end of the distribution unpassed: its last possible token.
  ptrdiff_t b = blocks - 1;
  while (b > 0 && !(scratch[b] > 0)) b--;
  draw.wanted = __builtin_inf();
  NAME(passes)(&draw, 16 * b, 0);
  return draw.likely;
}
