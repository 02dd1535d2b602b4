// Products whose rows do not depend on one another.
// Compiled once per instruction set, see Kernels.h.

/// `mr` rows by `nv` vectors of one panel; both are constants after inlining.
INLINE void NAME(tile)(
    const int mr, const int nv, nosce_type type, ptrdiff_t inputs, const float *x, ptrdiff_t ldx,
    const void *panel, bool accumulate, float *y, ptrdiff_t ldy, ptrdiff_t columns) {
  v16 sums[12][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < mr; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) sums[r][v] = splat(0);
  }
  for (ptrdiff_t k = 0; k < inputs; k++) {
    v16 w[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) {
      w[v] = type == nosce_float32
          ? load((const float *)panel + k * NOSCE_PANEL + 16 * v)
          : widened(*(const h16u *)((const uint16_t *)panel + k * NOSCE_PANEL + 16 * v));
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
      const v16 value = splat(x[r * ldx + k]);
#pragma clang loop unroll(full)
      for (int v = 0; v < nv; v++) sums[r][v] = value * w[v] + sums[r][v];
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < mr; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < nv; v++) {
      const ptrdiff_t n = columns - 16 * v;
      if (n <= 0) continue;
      float *target = y + r * ldy + 16 * v;
      store_some(target, accumulate ? load_some(target, n) + sums[r][v] : sums[r][v], n);
    }
  }
}

INLINE void NAME(panel_rows)(
    const int nv, nosce_type type, ptrdiff_t rows, ptrdiff_t inputs, const float *x, ptrdiff_t ldx,
    const void *panel, bool accumulate, float *y, ptrdiff_t ldy, ptrdiff_t columns) {
  ptrdiff_t r = 0;
#define TILES(mr) \
  for (; r + mr <= rows; r += mr) { \
    NAME(tile)( \
        mr, nv, type, inputs, x + r * ldx, ldx, panel, accumulate, y + r * ldy, ldy, columns); \
  }
#if NOSCE_WIDE
  TILES(12)
  TILES(8)
#endif
  TILES(4)
  TILES(2)
  TILES(1)
#undef TILES
}

void NAME(packed_matmul)(
    nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const float *x,
    ptrdiff_t ldx, const void *packed, bool accumulate, float *y, ptrdiff_t ldy) {
  const int step = NOSCE_WIDE ? 32 : 16;
  for (ptrdiff_t first = 0; first < outputs; first += step) {
    const ptrdiff_t at = first / NOSCE_PANEL * NOSCE_PANEL * inputs + first % NOSCE_PANEL;
    if (type == nosce_float32) {
      NAME(panel_rows)(
          NOSCE_WIDE ? 2 : 1, nosce_float32, rows, inputs, x, ldx, (const float *)packed + at,
          accumulate, y + first, ldy, outputs - first);
    } else {
      NAME(panel_rows)(
          NOSCE_WIDE ? 2 : 1, nosce_bfloat16, rows, inputs, x, ldx, (const uint16_t *)packed + at,
          accumulate, y + first, ldy, outputs - first);
    }
  }
}
