// Attention by its definition, one number at a time with sums in double precision.

#include "Internal.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

/// The score of query row r against key row j of head h, before the softmax.
static double score(const nosce_attention *shape, ptrdiff_t r, ptrdiff_t j, ptrdiff_t h) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads;
  const float *q = shape->qkv + r * shape->ld_qkv + h * size;
  const float *k = shape->qkv + j * shape->ld_qkv + shape->heads * size + h / group * size;
  double dot = 0;
  for (ptrdiff_t i = 0; i < size; i++) dot += (double)q[i] * k[i];
  return dot / sqrt((double)size);
}

int nosce_attention_forward_scalar(const nosce_attention *shape, float *output, float *log_sums) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads;
  for (ptrdiff_t s = 0; s < shape->sequences; s++) {
    for (ptrdiff_t r = shape->offsets[s]; r < shape->offsets[s + 1]; r++) {
      for (ptrdiff_t h = 0; h < shape->heads; h++) {
        double most = -INFINITY, sum = 0;
        for (ptrdiff_t j = shape->offsets[s]; j <= r; j++) most = fmax(most, score(shape, r, j, h));
        for (ptrdiff_t j = shape->offsets[s]; j <= r; j++) sum += exp(score(shape, r, j, h) - most);
        log_sums[r * shape->heads + h] = (float)(most + log(sum));
        for (ptrdiff_t i = 0; i < size; i++) {
          double mean = 0;
          for (ptrdiff_t j = shape->offsets[s]; j <= r; j++) {
            const float *v = shape->qkv + j * shape->ld_qkv
                + (shape->heads + shape->key_value_heads + h / group) * size;
            mean += exp(score(shape, r, j, h) - most) / sum * v[i];
          }
          output[(r * shape->heads + h) * size + i] = (float)mean;
        }
      }
    }
  }
  return 0;
}

int nosce_attention_backward_scalar(
    const nosce_attention *shape, const float *output, const float *log_sums, const float *doutput,
    float *dqkv) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads,
                  ld = shape->ld_qkv;
  const ptrdiff_t width = (shape->heads + 2 * shape->key_value_heads) * size;
  for (ptrdiff_t s = 0; s < shape->sequences; s++) {
    for (ptrdiff_t r = shape->offsets[s]; r < shape->offsets[s + 1]; r++) {
      memset(dqkv + r * ld, 0, (size_t)width * sizeof(float));
    }
    for (ptrdiff_t r = shape->offsets[s]; r < shape->offsets[s + 1]; r++) {
      for (ptrdiff_t h = 0; h < shape->heads; h++) {
        const float *o = output + (r * shape->heads + h) * size,
                    *d_o = doutput + (r * shape->heads + h) * size;
        double mean = 0;
        for (ptrdiff_t i = 0; i < size; i++) mean += (double)o[i] * d_o[i];
        for (ptrdiff_t j = shape->offsets[s]; j <= r; j++) {
          const ptrdiff_t key = j * ld + (shape->heads + h / group) * size;
          const ptrdiff_t value = key + shape->key_value_heads * size;
          const double p = exp(score(shape, r, j, h) - log_sums[r * shape->heads + h]);
          double dp = 0;
          for (ptrdiff_t i = 0; i < size; i++) dp += (double)d_o[i] * shape->qkv[value + i];
          const double ds = p * (dp - mean) / sqrt((double)size);
          for (ptrdiff_t i = 0; i < size; i++) {
            dqkv[r * ld + h * size + i] += (float)(ds * shape->qkv[key + i]);
            dqkv[key + i] += (float)(ds * shape->qkv[r * ld + h * size + i]);
            dqkv[value + i] += (float)(p * d_o[i]);
          }
        }
      }
    }
  }
  return 0;
}

void nosce_cached_attention_forward_scalar(
    const nosce_cached_attention *shape, float *output, ptrdiff_t ld_output) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads,
                  ld = shape->ld_qkv;
  const ptrdiff_t kept_width = shape->key_value_heads * size;
  for (ptrdiff_t r = 0; r < shape->queries; r++) {
    for (ptrdiff_t h = 0; h < shape->heads; h++) {
      const ptrdiff_t g = h / group;
      const float *q = shape->qkv + r * ld + h * size;
      double most = -INFINITY, sum = 0;
      for (int pass = 0; pass < 3; pass++) {
        for (ptrdiff_t j = 0; j < shape->before + r + 1; j++) {
          const bool kept = j < shape->before;
          const float *own = shape->qkv + (j - shape->before) * ld + shape->heads * size + g * size;
          double dot = 0;
          for (ptrdiff_t e = 0; e < size; e++) {
            const ptrdiff_t at = g * size * shape->capacity + (j / 16 * size + e) * 16 + j % 16;
            dot += (double)q[e] * (kept ? shape->keys[at] : own[e]);
          }
          dot /= sqrt((double)size);
          if (pass == 0) {
            most = fmax(most, dot);
          } else if (pass == 1) {
            sum += exp(dot - most);
          } else {
            const float *v =
                kept ? shape->values + (g * shape->capacity + j) * size : own + kept_width;
            float *target = output + r * ld_output + h * size;
            for (ptrdiff_t e = 0; e < size; e++) {
              target[e] = (float)((j == 0 ? 0 : target[e]) + exp(dot - most) / sum * v[e]);
            }
          }
        }
      }
    }
  }
}
