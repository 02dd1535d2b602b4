// The optimizer, conversions and products by their definitions, one number at a time with sums in
// double precision. The scalar definitions are what the vectorised kernels are tested against.

#include "Scalar.h"

void nosce_adamw_step_scalar(
    const nosce_adamw *settings, ptrdiff_t count, float *weights, const float *gradients,
    float *mean, float *variance, uint16_t *rounded) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const double g = (double)gradients[i] * settings->gradient_scale;
    mean[i] = (float)(mean[i] * (double)settings->beta1 + g * (1 - (double)settings->beta1));
    variance[i] =
        (float)(variance[i] * (double)settings->beta2 + g * g * (1 - (double)settings->beta2));
    const double step = settings->learning_rate / (double)settings->correction1 * mean[i]
        / (sqrt(variance[i] / (double)settings->correction2) + settings->epsilon);
    weights[i] =
        (float)(weights[i] * (1 - (double)settings->learning_rate * settings->weight_decay) - step);
    if (rounded) put(nosce_bfloat16, rounded, i, weights[i]);
  }
}

void nosce_to_bfloat16_scalar(ptrdiff_t count, const float *source, uint16_t *target) {
  for (ptrdiff_t i = 0; i < count; i++) put(nosce_bfloat16, target, i, source[i]);
}

void nosce_scale_rows_scalar(
    ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t ld_source, float scale,
    nosce_type type, void *target, ptrdiff_t ld_target) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < columns; i++) {
      put(type, target, r * ld_target + i, (double)source[r * ld_source + i] * scale);
    }
  }
}

void nosce_add_scalar(ptrdiff_t count, const float *source, float *target) {
  for (ptrdiff_t i = 0; i < count; i++) target[i] += source[i];
}

void nosce_softcap_scalar(ptrdiff_t count, float cap, float *x) {
  for (ptrdiff_t i = 0; i < count; i++) x[i] = (float)capped(x[i], cap);
}

void nosce_add_bias_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *bias, float *y, ptrdiff_t ld) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < width; i++) y[r * ld + i] += bias[i];
  }
}

void nosce_bias_gradient_scalar(
    ptrdiff_t rows, ptrdiff_t width, nosce_type type, const void *dy, ptrdiff_t ld, float *dbias) {
  for (ptrdiff_t i = 0; i < width; i++) {
    double sum = 0;
    for (ptrdiff_t r = 0; r < rows; r++) sum += get(type, dy, r * ld + i);
    dbias[i] = (float)(dbias[i] + sum);
  }
}

double nosce_sum_of_squares_scalar(ptrdiff_t count, const float *values) {
  double total = 0;
  for (ptrdiff_t i = 0; i < count; i++) total += (double)values[i] * values[i];
  return total;
}
