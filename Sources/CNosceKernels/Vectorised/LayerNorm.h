// LayerNorm.
// Compiled once per instruction set, see Kernels.h.

/// A row's mean, and 1 / its deviation from two passes: the squares are of centred numbers, so that
/// a mean far from zero costs no digits.
INLINE float NAME(centre)(ptrdiff_t width, const float *row, float epsilon, float *inverse) {
  v16 sums = splat(0), squares = splat(0);
  EACH_16(width, { sums = sums + load_some(row + i, n); })
  const float mean = sum_of(sums) / (float)width;
  ptrdiff_t i = 0;
  for (; i + 16 <= width; i += 16) {
    const v16 value = load(row + i) - splat(mean);
    squares = squares + value * value;
  }
  if (i < width) {
    // What lies beyond the row must count as nothing, not as a distance from the mean.
    const ptrdiff_t n = width - i;
    float rest[16] = {0};
    store_some(rest, load_some(row + i, n) - splat(mean), n);
    squares = squares + load(rest) * load(rest);
  }
  *inverse = 1.0f / __builtin_sqrtf(sum_of(squares) / (float)width + epsilon);
  return mean;
}

INLINE void NAME(layernorm_rows)(
    nosce_type type, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices,
    const float *weight, const float *bias, float epsilon, float *copy, void *output, float *mean,
    float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + (indices ? indices[r] : r) * width;
    mean[r] = NAME(centre)(width, row, epsilon, inverse + r);
    const v16 middle = splat(mean[r]), scale = splat(inverse[r]);
    EACH_16(width, {
      const v16 value = load_some(row + i, n);
      if (copy) store_some(copy + r * width + i, value, n);
      v16 normed = ((value - middle) * scale) * load_some(weight + i, n);
      if (bias) normed = normed + load_some(bias + i, n);
      store_as(type, output, r * width + i, normed, n);
    })
  }
}

void NAME(layernorm_forward)(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    const float *bias, float epsilon, float *copy, nosce_type type, void *output, float *mean,
    float *inverse) {
  if (type == nosce_float32) {
    NAME(layernorm_rows)(
        nosce_float32, rows, width, x, indices, weight, bias, epsilon, copy, output, mean, inverse);
  } else {
    NAME(layernorm_rows)(
        nosce_bfloat16, rows, width, x, indices, weight, bias, epsilon, copy, output, mean,
        inverse);
  }
}

void NAME(layernorm_backward)(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    const float *mean, const float *inverse, const float *doutput, float *dx, float *dweight,
    float *dbias) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t at = (indices ? indices[r] : r) * width;
    const float *row = x + at, *dy = doutput + r * width;
    const v16 middle = splat(mean[r]), scale = splat(inverse[r]);
    v16 sums = splat(0), products = splat(0);
    EACH_16(width, {
      const v16 d = load_some(dy + i, n), normed = (load_some(row + i, n) - middle) * scale;
      const v16 weighted = d * load_some(weight + i, n);
      sums = sums + weighted;
      products = products + weighted * normed;
      if (dweight) store_some(dweight + i, load_some(dweight + i, n) + d * normed, n);
      if (dbias) store_some(dbias + i, load_some(dbias + i, n) + d, n);
    })
    const v16 average = splat(sum_of(sums) / (float)width);
    const v16 shrink = splat(sum_of(products) / (float)width);
    EACH_16(width, {
      const v16 normed = (load_some(row + i, n) - middle) * scale;
      const v16 change =
          (load_some(dy + i, n) * load_some(weight + i, n) - average - normed * shrink) * scale;
      store_some(dx + at + i, load_some(dx + at + i, n) + change, n);
    })
  }
}
