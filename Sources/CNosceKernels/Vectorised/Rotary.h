// Rotary positions.
// Compiled once per instruction set, see Kernels.h.

void NAME(rotary)(
    ptrdiff_t rows, const int32_t *positions, ptrdiff_t heads, ptrdiff_t size, ptrdiff_t rotated,
    const float *table, float sign, float *x, ptrdiff_t ld) {
  const ptrdiff_t half = rotated / 2;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *cosine = table + (ptrdiff_t)positions[r] * rotated, *sine = cosine + half;
    EACH_16(half, {
      const v16 c = load_some(cosine + i, n), s = load_some(sine + i, n) * splat(sign);
      for (ptrdiff_t h = 0; h < heads; h++) {
        float *head = x + r * ld + h * size + i;
        const v16 a = load_some(head, n), b = load_some(head + half, n);
        store_some(head, a * c - b * s, n);
        store_some(head + half, b * c + a * s, n);
      }
    })
  }
}
