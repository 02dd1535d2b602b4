// Attention by its definition, one number at a time with sums in double precision.

#include "Scalar.h"

/// The first of the positions from `start` on that position r sees.
static ptrdiff_t first_seen(ptrdiff_t window, ptrdiff_t start, ptrdiff_t r) {
  return window > 0 && r - window >= start ? r - window + 1 : start;
}

/// The score of query row r against key row j of head h, before the softmax.
static double score(const nosce_attention *shape, ptrdiff_t r, ptrdiff_t j, ptrdiff_t h) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads;
  const float *q = shape->qkv + r * shape->ld_qkv + h * size;
  const float *k = shape->qkv + j * shape->ld_qkv + shape->heads * size + h / group * size;
  double dot = 0;
  for (ptrdiff_t i = 0; i < size; i++) dot += (double)q[i] * k[i];
  return capped(dot * shape->scale, shape->softcap);
}

static void attend_row(
    const nosce_attention *shape, ptrdiff_t first, ptrdiff_t r, ptrdiff_t h, float *output,
    float *log_sum) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads;
  double most = -INFINITY, sum = 0;
  for (ptrdiff_t j = first; j <= r; j++) most = fmax(most, score(shape, r, j, h));
  for (ptrdiff_t j = first; j <= r; j++) sum += exp(score(shape, r, j, h) - most);
  *log_sum = (float)(most + log(sum));
  for (ptrdiff_t i = 0; i < size; i++) {
    double mean = 0;
    for (ptrdiff_t j = first; j <= r; j++) {
      const float *v = shape->qkv + j * shape->ld_qkv
          + (shape->heads + shape->key_value_heads + h / group) * size;
      mean += exp(score(shape, r, j, h) - most) / sum * v[i];
    }
    output[i] = (float)mean;
  }
}

int nosce_attention_forward_scalar(const nosce_attention *shape, float *output, float *log_sums) {
  for (ptrdiff_t s = 0; s < shape->sequences; s++) {
    for (ptrdiff_t r = shape->offsets[s]; r < shape->offsets[s + 1]; r++) {
      const ptrdiff_t first = first_seen(shape->window, shape->offsets[s], r);
      for (ptrdiff_t h = 0; h < shape->heads; h++) {
        const ptrdiff_t at = r * shape->heads + h;
        attend_row(shape, first, r, h, output + at * shape->size, log_sums + at);
      }
    }
  }
  return 0;
}

static void attend_row_backward(
    const nosce_attention *shape, ptrdiff_t first, ptrdiff_t r, ptrdiff_t h, const float *output,
    double log_sum, const float *doutput, float *dqkv) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads,
                  ld = shape->ld_qkv;
  double mean = 0;
  for (ptrdiff_t i = 0; i < size; i++) mean += (double)output[i] * doutput[i];
  for (ptrdiff_t j = first; j <= r; j++) {
    const ptrdiff_t key = j * ld + (shape->heads + h / group) * size;
    const ptrdiff_t value = key + shape->key_value_heads * size;
    const double found = score(shape, r, j, h), p = exp(found - log_sum);
    double dp = 0;
    for (ptrdiff_t i = 0; i < size; i++) dp += (double)doutput[i] * shape->qkv[value + i];
    const double ds = p * (dp - mean) * cap_slope(found, shape->softcap) * shape->scale;
    for (ptrdiff_t i = 0; i < size; i++) {
      dqkv[r * ld + h * size + i] += (float)(ds * shape->qkv[key + i]);
      dqkv[key + i] += (float)(ds * shape->qkv[r * ld + h * size + i]);
      dqkv[value + i] += (float)(p * doutput[i]);
    }
  }
}

int nosce_attention_backward_scalar(
    const nosce_attention *shape, const float *output, const float *log_sums, const float *doutput,
    float *dqkv) {
  const ptrdiff_t size = shape->size;
  const ptrdiff_t width = (shape->heads + 2 * shape->key_value_heads) * size;
  for (ptrdiff_t s = 0; s < shape->sequences; s++) {
    const ptrdiff_t start = shape->offsets[s], end = shape->offsets[s + 1];
    for (ptrdiff_t r = start; r < end; r++) {
      memset(dqkv + r * shape->ld_qkv, 0, (size_t)width * sizeof(float));
    }
    for (ptrdiff_t r = start; r < end; r++) {
      const ptrdiff_t first = first_seen(shape->window, start, r);
      for (ptrdiff_t h = 0; h < shape->heads; h++) {
        const ptrdiff_t at = r * shape->heads + h;
        attend_row_backward(
            shape, first, r, h, output + at * size, log_sums[at], doutput + at * size, dqkv);
      }
    }
  }
  return 0;
}

/// The score of query r of head h against position j, kept or new, before the softmax.
static double cached_score(
    const nosce_cached_attention *shape, ptrdiff_t r, ptrdiff_t j, ptrdiff_t h) {
  const ptrdiff_t size = shape->size, g = h / (shape->heads / shape->key_value_heads);
  const float *q = shape->qkv + r * shape->ld_qkv + h * size;
  const float *kept = shape->keys + g * size * shape->capacity + j / 16 * 16 * size + j % 16;
  const ptrdiff_t own = (j - shape->before) * shape->ld_qkv + (shape->heads + g) * size;
  double dot = 0;
  for (ptrdiff_t e = 0; e < size; e++) {
    dot += (double)q[e] * (j < shape->before ? kept[e * 16] : shape->qkv[own + e]);
  }
  return capped(dot * shape->scale, shape->softcap);
}

static const float *cached_value(const nosce_cached_attention *shape, ptrdiff_t j, ptrdiff_t h) {
  const ptrdiff_t size = shape->size, g = h / (shape->heads / shape->key_value_heads);
  if (j < shape->before) return shape->values + (g * shape->capacity + j) * size;
  return shape->qkv + (j - shape->before) * shape->ld_qkv
      + (shape->heads + shape->key_value_heads + g) * size;
}

void nosce_cached_attention_forward_scalar(
    const nosce_cached_attention *shape, float *output, ptrdiff_t ld_output) {
  for (ptrdiff_t r = 0; r < shape->queries; r++) {
    const ptrdiff_t own = shape->before + r, first = first_seen(shape->window, 0, own);
    for (ptrdiff_t h = 0; h < shape->heads; h++) {
      float *target = output + r * ld_output + h * shape->size;
      double most = -INFINITY, sum = 0;
      for (ptrdiff_t j = first; j <= own; j++) most = fmax(most, cached_score(shape, r, j, h));
      for (ptrdiff_t j = first; j <= own; j++) sum += exp(cached_score(shape, r, j, h) - most);
      memset(target, 0, (size_t)shape->size * sizeof(float));
      for (ptrdiff_t j = first; j <= own; j++) {
        const double p = exp(cached_score(shape, r, j, h) - most) / sum;
        const float *v = cached_value(shape, j, h);
        for (ptrdiff_t e = 0; e < shape->size; e++) target[e] = (float)(target[e] + p * v[e]);
      }
    }
  }
}
