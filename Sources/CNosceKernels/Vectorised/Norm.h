// RMSNorm of whole rows, of parts of rows, and before a residual sum.
// Compiled once per instruction set, see Kernels.h.

INLINE float NAME(inverse_rms)(ptrdiff_t width, const float *row, float epsilon) {
  v16 squares = splat(0);
  EACH_16(width, {
    const v16 value = load_some(row + i, n);
    squares = squares + value * value;
  })
  return 1.0f / __builtin_sqrtf(sum_of(squares) / (float)width + epsilon);
}

/// Adds to `dweight`, and returns how much of the row itself its gradient loses.
INLINE float NAME(rms_shrink)(
    ptrdiff_t width, const float *row, const float *weight, float scale, const float *dy,
    float *dweight) {
  v16 products = splat(0);
  EACH_16(width, {
    const v16 gradient = load_some(dy + i, n), value = load_some(row + i, n);
    products = products + (gradient * load_some(weight + i, n)) * value;
    if (dweight)
      store_some(dweight + i, load_some(dweight + i, n) + gradient * (value * splat(scale)), n);
  })
  return sum_of(products) * scale * scale * scale / (float)width;
}

/// The gradient of up to 16 numbers of a row.
INLINE v16 NAME(rms_gradient)(
    const float *row, const float *weight, float scale, float shrink, const float *dy,
    ptrdiff_t n) {
  const v16 direct = (load_some(dy, n) * load_some(weight, n)) * splat(scale);
  return direct - load_some(row, n) * splat(shrink);
}

// MARK: Whole rows

INLINE void NAME(rmsnorm_rows)(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    float epsilon, float *copy, nosce_type type, void *output, float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + (indices ? indices[r] : r) * width;
    const float scale = NAME(inverse_rms)(width, row, epsilon);
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
    const float shrink = NAME(rms_shrink)(width, row, weight, scale, dy, dweight);
    EACH_16(width, {
      const v16 change = NAME(rms_gradient)(row + i, weight + i, scale, shrink, dy + i, n);
      store_some(target + i, load_some(target + i, n) + change, n);
    })
  }
}

// MARK: Parts of rows

void NAME(group_rmsnorm_forward)(
    ptrdiff_t rows, ptrdiff_t groups, ptrdiff_t width, const float *x, ptrdiff_t ld_x,
    const float *weight, float epsilon, float *y, ptrdiff_t ld_y, float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t g = 0; g < groups; g++) {
      const float *part = x + r * ld_x + g * width;
      float *target = y + r * ld_y + g * width;
      const float scale = NAME(inverse_rms)(width, part, epsilon);
      inverse[r * groups + g] = scale;
      EACH_16(width, {
        const v16 normed = load_some(part + i, n) * splat(scale);
        store_some(target + i, normed * load_some(weight + i, n), n);
      })
    }
  }
}

void NAME(group_rmsnorm_backward)(
    ptrdiff_t rows, ptrdiff_t groups, ptrdiff_t width, const float *x, ptrdiff_t ld_x,
    const float *weight, const float *inverse, const float *dy, ptrdiff_t ld_dy, bool accumulate,
    float *dx, ptrdiff_t ld_dx, float *dweight) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t g = 0; g < groups; g++) {
      const float *part = x + r * ld_x + g * width, *d = dy + r * ld_dy + g * width;
      float *target = dx + r * ld_dx + g * width;
      const float scale = inverse[r * groups + g];
      const float shrink = NAME(rms_shrink)(width, part, weight, scale, d, dweight);
      EACH_16(width, {
        const v16 change = NAME(rms_gradient)(part + i, weight + i, scale, shrink, d + i, n);
        store_some(target + i, accumulate ? load_some(target + i, n) + change : change, n);
      })
    }
  }
}

// MARK: Before a residual sum

void NAME(postnorm_forward)(
    ptrdiff_t rows, ptrdiff_t width, const float *t, const float *weight, float epsilon,
    const float *residual, float *output, float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = t + r * width;
    const float scale = NAME(inverse_rms)(width, row, epsilon);
    inverse[r] = scale;
    EACH_16(width, {
      const v16 normed = (load_some(row + i, n) * splat(scale)) * load_some(weight + i, n);
      store_some(output + r * width + i, load_some(residual + r * width + i, n) + normed, n);
    })
  }
}

void NAME(postnorm_backward)(
    ptrdiff_t rows, ptrdiff_t width, const float *t, const float *weight, const float *inverse,
    const float *doutput, nosce_type type, void *dt, float *dweight) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = t + r * width, *dy = doutput + r * width;
    const float scale = inverse[r];
    const float shrink = NAME(rms_shrink)(width, row, weight, scale, dy, dweight);
    EACH_16(width, {
      const v16 change = NAME(rms_gradient)(row + i, weight + i, scale, shrink, dy + i, n);
      store_as(type, dt, r * width + i, change, n);
    })
  }
}
