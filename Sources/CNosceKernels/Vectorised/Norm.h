// RMSNorm and rotary positions.
// Compiled once per instruction set, see Kernels.h.

// MARK: RMSNorm

INLINE void NAME(rmsnorm_rows)(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    float epsilon, float *copy, nosce_type type, void *output, float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + (indices ? indices[r] : r) * width;
    v16 squares = splat(0);
    EACH_16(width, {
      const v16 value = load_some(row + i, n);
      squares = squares + value * value;
    })
    const float scale = 1.0f / __builtin_sqrtf(sum_of(squares) / (float)width + epsilon);
    inverse[r] = scale;
    EACH_16(width, {
      const v16 value = load_some(row + i, n);
      if (copy) store_some(copy + r * width + i, value, n);
      store_as(type, output, r * width + i, (value * splat(scale)) * load_some(weight + i, n), n);
    })
  }
}

void NAME(rmsnorm_forward)(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    float epsilon, float *copy, nosce_type type, void *output, float *inverse) {
  if (type == nosce_float32) {
    NAME(rmsnorm_rows)(
        rows, width, x, indices, weight, epsilon, copy, nosce_float32, output, inverse);
  } else {
    NAME(rmsnorm_rows)(
        rows, width, x, indices, weight, epsilon, copy, nosce_bfloat16, output, inverse);
  }
}

void NAME(rmsnorm_backward)(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    const float *inverse, const float *doutput, float *dx, float *dweight) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t at = (indices ? indices[r] : r) * width;
    const float *row = x + at, *dy = doutput + r * width;
    float *target = dx + at;
    const float scale = inverse[r];
    v16 products = splat(0);
    EACH_16(width, {
      const v16 gradient = load_some(dy + i, n), value = load_some(row + i, n);
      products = products + (gradient * load_some(weight + i, n)) * value;
      if (dweight)
        store_some(dweight + i, load_some(dweight + i, n) + gradient * (value * splat(scale)), n);
    })
    const float shrink = sum_of(products) * scale * scale * scale / (float)width;
    EACH_16(width, {
      const v16 direct = (load_some(dy + i, n) * load_some(weight + i, n)) * splat(scale);
      const v16 change = direct - load_some(row + i, n) * splat(shrink);
      store_some(target + i, load_some(target + i, n) + change, n);
    })
  }
}

// MARK: Rotary positions

void NAME(rotary)(
    ptrdiff_t rows, const int32_t *positions, ptrdiff_t heads, ptrdiff_t size, const float *table,
    float sign, float *x, ptrdiff_t ld) {
  const ptrdiff_t half = size / 2;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *cosine = table + (ptrdiff_t)positions[r] * size, *sine = cosine + half;
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
