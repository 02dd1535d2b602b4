// Norms and rotary positions by their definitions, one number at a time, summing in double
// precision.

#include "Scalar.h"

void nosce_rmsnorm_forward_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    float epsilon, float *copy, nosce_type type, void *output, float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + (indices ? indices[r] : r) * width;
    double squares = 0;
    for (ptrdiff_t i = 0; i < width; i++) squares += (double)row[i] * row[i];
    const double scale = 1 / sqrt(squares / (double)width + epsilon);
    inverse[r] = (float)scale;
    for (ptrdiff_t i = 0; i < width; i++) {
      if (copy) copy[r * width + i] = row[i];
      put(type, output, r * width + i, row[i] * scale * weight[i]);
    }
  }
}

void nosce_rmsnorm_backward_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    const float *inverse, const float *doutput, float *dx, float *dweight) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t at = (indices ? indices[r] : r) * width;
    const double scale = inverse[r];
    double products = 0;
    for (ptrdiff_t i = 0; i < width; i++) {
      products += (double)doutput[r * width + i] * weight[i] * x[at + i];
      if (dweight) dweight[i] += (float)(doutput[r * width + i] * (x[at + i] * scale));
    }
    for (ptrdiff_t i = 0; i < width; i++) {
      dx[at + i] += (float)(doutput[r * width + i] * weight[i] * scale
                            - x[at + i] * products * scale * scale * scale / (double)width);
    }
  }
}

void nosce_group_rmsnorm_forward_scalar(
    ptrdiff_t rows, ptrdiff_t groups, ptrdiff_t width, const float *x, ptrdiff_t ld_x,
    const float *weight, float epsilon, float *y, ptrdiff_t ld_y, float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t g = 0; g < groups; g++) {
      const float *part = x + r * ld_x + g * width;
      double squares = 0;
      for (ptrdiff_t i = 0; i < width; i++) squares += (double)part[i] * part[i];
      const double scale = 1 / sqrt(squares / (double)width + epsilon);
      inverse[r * groups + g] = (float)scale;
      for (ptrdiff_t i = 0; i < width; i++) {
        y[r * ld_y + g * width + i] = (float)(part[i] * scale * weight[i]);
      }
    }
  }
}

void nosce_group_rmsnorm_backward_scalar(
    ptrdiff_t rows, ptrdiff_t groups, ptrdiff_t width, const float *x, ptrdiff_t ld_x,
    const float *weight, const float *inverse, const float *dy, ptrdiff_t ld_dy, bool accumulate,
    float *dx, ptrdiff_t ld_dx, float *dweight) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t g = 0; g < groups; g++) {
      const float *part = x + r * ld_x + g * width, *d = dy + r * ld_dy + g * width;
      float *target = dx + r * ld_dx + g * width;
      const double scale = inverse[r * groups + g];
      double products = 0;
      for (ptrdiff_t i = 0; i < width; i++) {
        products += (double)d[i] * weight[i] * part[i];
        if (dweight) dweight[i] += (float)(d[i] * (part[i] * scale));
      }
      for (ptrdiff_t i = 0; i < width; i++) {
        const double change = (double)d[i] * weight[i] * scale
            - part[i] * products * scale * scale * scale / (double)width;
        target[i] = (float)(accumulate ? target[i] + change : change);
      }
    }
  }
}

void nosce_postnorm_forward_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *t, const float *weight, float epsilon,
    const float *residual, float *output, float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = t + r * width;
    double squares = 0;
    for (ptrdiff_t i = 0; i < width; i++) squares += (double)row[i] * row[i];
    const double scale = 1 / sqrt(squares / (double)width + epsilon);
    inverse[r] = (float)scale;
    for (ptrdiff_t i = 0; i < width; i++) {
      output[r * width + i] = (float)(residual[r * width + i] + row[i] * scale * weight[i]);
    }
  }
}

void nosce_postnorm_backward_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *t, const float *weight, const float *inverse,
    const float *doutput, nosce_type type, void *dt, float *dweight) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = t + r * width, *d = doutput + r * width;
    const double scale = inverse[r];
    double products = 0;
    for (ptrdiff_t i = 0; i < width; i++) {
      products += (double)d[i] * weight[i] * row[i];
      if (dweight) dweight[i] += (float)(d[i] * (row[i] * scale));
    }
    for (ptrdiff_t i = 0; i < width; i++) {
      put(type, dt, r * width + i,
          (double)d[i] * weight[i] * scale
              - row[i] * products * scale * scale * scale / (double)width);
    }
  }
}

void nosce_layernorm_forward_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    const float *bias, float epsilon, float *copy, nosce_type type, void *output, float *mean,
    float *inverse) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + (indices ? indices[r] : r) * width;
    double sum = 0, squares = 0;
    for (ptrdiff_t i = 0; i < width; i++) sum += row[i];
    const double middle = sum / (double)width;
    for (ptrdiff_t i = 0; i < width; i++) squares += (row[i] - middle) * (row[i] - middle);
    const double scale = 1 / sqrt(squares / (double)width + epsilon);
    mean[r] = (float)middle;
    inverse[r] = (float)scale;
    for (ptrdiff_t i = 0; i < width; i++) {
      if (copy) copy[r * width + i] = row[i];
      const double normed = (row[i] - middle) * scale * weight[i];
      put(type, output, r * width + i, bias ? normed + bias[i] : normed);
    }
  }
}

void nosce_layernorm_backward_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
    const float *mean, const float *inverse, const float *doutput, float *dx, float *dweight,
    float *dbias) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t at = (indices ? indices[r] : r) * width;
    const float *row = x + at, *d = doutput + r * width;
    const double scale = inverse[r];
    double sum = 0, products = 0;
    for (ptrdiff_t i = 0; i < width; i++) {
      const double normed = (row[i] - (double)mean[r]) * scale;
      sum += (double)d[i] * weight[i];
      products += (double)d[i] * weight[i] * normed;
      if (dweight) dweight[i] += (float)(d[i] * normed);
      if (dbias) dbias[i] += d[i];
    }
    for (ptrdiff_t i = 0; i < width; i++) {
      const double normed = (row[i] - (double)mean[r]) * scale;
      dx[at + i] += (float)(scale
                            * ((double)d[i] * weight[i] - sum / (double)width
                               - normed * products / (double)width));
    }
  }
}

void nosce_rotary_scalar(
    ptrdiff_t rows, const int32_t *positions, ptrdiff_t heads, ptrdiff_t size, ptrdiff_t rotated,
    const float *table, float sign, float *x, ptrdiff_t ld) {
  const ptrdiff_t half = rotated / 2;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *angles = table + positions[r] * rotated;
    for (ptrdiff_t h = 0; h < heads; h++) {
      for (ptrdiff_t j = 0; j < half; j++) {
        float *a = x + r * ld + h * size + j, *b = a + half;
        const double c = angles[j], s = sign * angles[half + j];
        const double first = *a * c - *b * s, second = *b * c + *a * s;
        *a = (float)first;
        *b = (float)second;
      }
    }
  }
}
