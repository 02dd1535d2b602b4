// Biases, the logit cap, conversions and sums.
// Compiled once per instruction set, see Kernels.h.

void NAME(softcap)(ptrdiff_t count, float cap, float *x) {
  const v16 inverse = splat(1.0f / cap);
  EACH_16(count, { store_some(x + i, soft_capped(load_some(x + i, n), splat(cap), inverse), n); })
}

void NAME(add_bias)(ptrdiff_t rows, ptrdiff_t width, const float *bias, float *y, ptrdiff_t ld) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = y + r * ld;
    EACH_16(width, { store_some(row + i, load_some(row + i, n) + load_some(bias + i, n), n); })
  }
}

/// Eight rows pass before their sum is added, so that most additions stay in a register.
INLINE void NAME(bias_gradient_rows)(
    nosce_type type, ptrdiff_t rows, ptrdiff_t width, const void *dy, ptrdiff_t ld, float *dbias) {
  for (ptrdiff_t first = 0; first < rows; first += 8) {
    const ptrdiff_t end = first + 8 < rows ? first + 8 : rows;
    EACH_16(width, {
      v16 sum = load_as(type, dy, first * ld + i, n);
      for (ptrdiff_t r = first + 1; r < end; r++) sum = sum + load_as(type, dy, r * ld + i, n);
      store_some(dbias + i, load_some(dbias + i, n) + sum, n);
    })
  }
}

void NAME(bias_gradient)(
    ptrdiff_t rows, ptrdiff_t width, nosce_type type, const void *dy, ptrdiff_t ld, float *dbias) {
  if (type == nosce_float32) {
    NAME(bias_gradient_rows)(nosce_float32, rows, width, dy, ld, dbias);
  } else {
    NAME(bias_gradient_rows)(nosce_bfloat16, rows, width, dy, ld, dbias);
  }
}

void NAME(to_bfloat16)(ptrdiff_t count, const float *source, uint16_t *target) {
  EACH_16(count, { store_as(nosce_bfloat16, target, i, load_some(source + i, n), n); })
}

void NAME(scale_rows)(
    ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t ld_source, float scale,
    nosce_type type, void *target, ptrdiff_t ld_target) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    EACH_16(columns, {
      const v16 x = load_some(source + r * ld_source + i, n) * splat(scale);
      store_as(type, target, r * ld_target + i, x, n);
    })
  }
}

void NAME(add)(ptrdiff_t count, const float *source, float *target) {
  EACH_16(
      count, { store_some(target + i, load_some(target + i, n) + load_some(source + i, n), n); })
}

double NAME(sum_of_squares)(ptrdiff_t count, const float *values) {
  double total = 0;
  for (ptrdiff_t i = 0; i < count; i += 1024) {
    v16 squares = splat(0);
    const ptrdiff_t end = count < i + 1024 ? count : i + 1024;
    for (ptrdiff_t j = i; j < end; j += 16) {
      const v16 x = load_some(values + j, end - j);
      squares = squares + x * x;
    }
    total += (double)sum_of(squares);
  }
  return total;
}
