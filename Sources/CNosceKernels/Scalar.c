// The kernels by their definitions, one number at a time with sums in double precision. They are
// what the vectorised ones are tested against.

#include "Internal.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

static void put(nosce_type type, void *p, ptrdiff_t i, double x) {
  const float value = (float)x;
  if (type == nosce_float32) {
    ((float *)p)[i] = value;
    return;
  }
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  ((uint16_t *)p)[i] = isnan(value) ? (uint16_t)((bits >> 16) | 0x40u)
                                    : (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

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

void nosce_rotary_scalar(
    ptrdiff_t rows, const int32_t *positions, ptrdiff_t heads, ptrdiff_t size, const float *table,
    float sign, float *x, ptrdiff_t ld) {
  const ptrdiff_t half = size / 2;
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t h = 0; h < heads; h++) {
      for (ptrdiff_t j = 0; j < half; j++) {
        float *a = x + r * ld + h * size + j, *b = a + half;
        const double c = table[positions[r] * size + j],
                     s = sign * table[positions[r] * size + half + j];
        const double first = *a * c - *b * s, second = *b * c + *a * s;
        *a = (float)first;
        *b = (float)second;
      }
    }
  }
}

void nosce_swiglu_forward_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *gate_up, nosce_type type, void *output) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < width; i++) {
      const double g = gate_up[2 * r * width + i], u = gate_up[2 * r * width + width + i];
      put(type, output, r * width + i, g / (1 + exp(-g)) * u);
    }
  }
}

void nosce_swiglu_backward_scalar(
    ptrdiff_t rows, ptrdiff_t width, const float *gate_up, const float *doutput, nosce_type type,
    void *dgate_up, void *output) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < width; i++) {
      const double g = gate_up[2 * r * width + i], u = gate_up[2 * r * width + width + i];
      const double sigmoid = 1 / (1 + exp(-g)), d = doutput[r * width + i];
      if (output) put(type, output, r * width + i, g * sigmoid * u);
      put(type, dgate_up, 2 * r * width + i, d * u * (sigmoid + g * sigmoid * (1 - sigmoid)));
      put(type, dgate_up, 2 * r * width + width + i, d * g * sigmoid);
    }
  }
}

static double log_normaliser(ptrdiff_t count, const float *row, double factor) {
  double most = -INFINITY, sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) most = fmax(most, row[i] * factor);
  for (ptrdiff_t i = 0; i < count; i++) sum += exp(row[i] * factor - most);
  return most + log(sum);
}

double nosce_cross_entropy_scalar(
    ptrdiff_t rows, ptrdiff_t vocabulary, float *logits, const int32_t *targets, float scale,
    nosce_type type, void *dlogits) {
  double loss = 0;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = logits + r * vocabulary;
    const double normaliser = log_normaliser(vocabulary, row, 1);
    if (targets[r] >= 0) loss += normaliser - row[targets[r]];
    for (ptrdiff_t i = 0; i < vocabulary; i++) {
      const double d =
          targets[r] < 0 ? 0 : scale * (exp(row[i] - normaliser) - (i == targets[r] ? 1 : 0));
      put(type, dlogits, r * vocabulary + i, d);
    }
  }
  return loss;
}

void nosce_log_probabilities_scalar(
    ptrdiff_t rows, ptrdiff_t vocabulary, const float *logits, const int32_t *tokens,
    float *result) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = logits + r * vocabulary;
    result[r] = (float)(row[tokens[r]] - log_normaliser(vocabulary, row, 1));
  }
}

int32_t nosce_sample_scalar(
    ptrdiff_t vocabulary, const float *logits, float temperature, float uniform, float *scratch) {
  (void)scratch;
  int32_t best = 0, likely = 0;
  for (ptrdiff_t i = 1; i < vocabulary; i++) {
    if (logits[i] > logits[best]) best = (int32_t)i;
  }
  if (temperature <= 0) return best;
  const double normaliser = log_normaliser(vocabulary, logits, 1 / (double)temperature);
  double passed = 0;
  for (ptrdiff_t i = 0; i < vocabulary; i++) {
    const double p = exp(logits[i] / (double)temperature - normaliser);
    passed += p;
    if (p > 0) likely = (int32_t)i;
    if (passed > uniform) return likely;
  }
  return likely;
}

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

double nosce_sum_of_squares_scalar(ptrdiff_t count, const float *values) {
  double total = 0;
  for (ptrdiff_t i = 0; i < count; i++) total += (double)values[i] * values[i];
  return total;
}

void nosce_packed_matmul_scalar(
    nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const float *x,
    ptrdiff_t ldx, const void *packed, bool accumulate, float *y, ptrdiff_t ldy) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t j = 0; j < outputs; j++) {
      double sum = 0;
      for (ptrdiff_t k = 0; k < inputs; k++) {
        const ptrdiff_t at = (j / NOSCE_PANEL * inputs + k) * NOSCE_PANEL + j % NOSCE_PANEL;
        float weight;
        if (type == nosce_float32)
          weight = ((const float *)packed)[at];
        else
          nosce_from_bfloat16(1, (const uint16_t *)packed + at, &weight);
        sum += (double)x[r * ldx + k] * weight;
      }
      y[r * ldy + j] = (float)(accumulate ? y[r * ldy + j] + sum : sum);
    }
  }
}
