// Rows and columns exchanged, which packing and gradients need, and packing itself.
// Compiled once per instruction set, see Packed.h.

typedef uint16_t NAME(h32) __attribute__((ext_vector_type(32)));

/// (a, b), (c, d) becomes (a, c), (b, d) in each two lanes: two outputs' pairs of inputs as two
/// inputs' pairs of outputs.
INLINE v16 NAME(exchange_halves)(v16 x) {
  union {
    v16 f;
    NAME(h32) h;
  } bits = {.f = x};
  bits.h = __builtin_shufflevector(
      bits.h, bits.h, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15, 16, 18, 17, 19, 20, 22,
      21, 23, 24, 26, 25, 27, 28, 30, 29, 31);
  return bits.f;
}

#define SWAP_EACH(count, step, swap) \
  UNROLL for (int i = 0; i < count; i++) { \
    if (i & step) continue; \
    const v16 both[2] = {swap(x[i], x[i + step])}; \
    x[i] = both[0]; \
    x[i + step] = both[1]; \
  }

/// Exchanges rows and columns of 16 by 16 lanes.
INLINE void NAME(turn_lanes)(v16 x[16]) {
  SWAP_EACH(16, 8, SWAP_8)
  SWAP_EACH(16, 4, SWAP_4)
  SWAP_EACH(16, 2, SWAP_2)
  SWAP_EACH(16, 1, SWAP_1)
}

/// Exchanges rows and columns of 8 by 8 neighbouring two lanes.
INLINE void NAME(turn_two_lanes)(v16 x[16]) {
  SWAP_EACH(8, 4, SWAP_8)
  SWAP_EACH(8, 2, SWAP_4)
  SWAP_EACH(8, 1, SWAP_2)
}

#undef SWAP_EACH

#if !NOSCE_PAIRS

/// Sixteen lanes of a row from number `from` on, zero beyond its `inputs`.
INLINE v16 NAME(lanes_of)(nosce_type type, const float *row, ptrdiff_t from, ptrdiff_t inputs) {
  const ptrdiff_t n = inputs - from;
  const v16 low = load_some(row + from, n);
  if (type == nosce_float32) return low;
  const h16 first = rounded(low);
  const h16 second = rounded(n > 16 ? load_some(row + from + 16, n - 16) : splat(0));
  union {
    NAME(h32) h;
    v16 f;
  } bits;
  bits.h = __builtin_shufflevector(
      first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
      22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
  return bits.f;
}

/// Half a panel: `count` rows (at most 16), zeros in place of those that do not exist.
INLINE void NAME(pack_half)(
    nosce_type type, ptrdiff_t inputs, ptrdiff_t from, ptrdiff_t count, const float *rows,
    ptrdiff_t ld, uint32_t *target) {
  const ptrdiff_t lane = type == nosce_bfloat16 ? from / 2 : from;
  const ptrdiff_t lanes = (type == nosce_bfloat16 ? (inputs + 1) / 2 : inputs) - lane;
  v16 x[16];
  for (int i = 0; i < 16; i++) {
    x[i] = i < count ? NAME(lanes_of)(type, rows + i * ld, from, inputs) : splat(0);
  }
  NAME(turn_lanes)(x);
  for (int i = 0; i < 16 && i < lanes; i++) *(v16u *)(target + (lane + i) * PANEL) = x[i];
}

void NAME(pack_rows)(
    nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t first, ptrdiff_t count,
    const float *rows, ptrdiff_t ld, void *packed) {
  const bool pairs = type == nosce_bfloat16;
  const ptrdiff_t lanes = pairs ? (inputs + 1) / 2 : inputs, step = pairs ? 32 : 16;
  // The rows before a half panel's beginning, and those that do not fill one.
  const ptrdiff_t before = (16 - first % 16) % 16 < count ? (16 - first % 16) % 16 : count;
  nosce_pack_rows_scalar(type, outputs, inputs, first, before, rows, ld, packed);
  first += before;
  count -= before;
  if (count == 0) return;
  rows += before * ld;
  const bool last = first + count == outputs;
  const ptrdiff_t end = last ? (outputs + PANEL - 1) / PANEL * PANEL : first + count / 16 * 16;
  for (ptrdiff_t n = first; n < end;) {
    // Both halves of a panel go side by side, so that its memory is written in order.
    const ptrdiff_t some = n % PANEL == 0 && end - n >= PANEL ? PANEL : 16;
    uint32_t *target = (uint32_t *)packed + n / PANEL * lanes * PANEL + n % PANEL;
    for (ptrdiff_t k = 0; k < inputs; k += step) {
      for (ptrdiff_t h = 0; h < some; h += 16) {
        const ptrdiff_t at = n + h - first, exist = count - at;
        const float *from = exist > 0 ? rows + at * ld : rows;
        if (pairs)
          NAME(pack_half)(nosce_bfloat16, inputs, k, exist, from, ld, target + h);
        else
          NAME(pack_half)(nosce_float32, inputs, k, exist, from, ld, target + h);
      }
    }
    n += some;
  }
  if (!last) {
    nosce_pack_rows_scalar(
        type, outputs, inputs, end, first + count - end, rows + (end - first) * ld, ld, packed);
  }
}

#endif
