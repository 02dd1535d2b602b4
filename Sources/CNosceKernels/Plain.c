// The parts that need no vector code of their own.

#include "Internal.h"

#include <string.h>

void nosce_from_bfloat16(ptrdiff_t count, const uint16_t *source, float *target) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const uint32_t bits = (uint32_t)source[i] << 16;
    memcpy(target + i, &bits, sizeof bits);
  }
}

void nosce_from_float16(ptrdiff_t count, const uint16_t *source, float *target) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const uint32_t sign = (uint32_t)(source[i] & 0x8000u) << 16,
                   exponent = (source[i] >> 10) & 0x1fu;
    const uint32_t fraction = source[i] & 0x3ffu;
    uint32_t bits;
    if (exponent == 0) {
      const float magnitude = (float)fraction * 0x1p-24f;
      memcpy(&bits, &magnitude, sizeof bits);
      bits |= sign;
    } else if (exponent == 31) {
      bits = sign | 0x7f800000u | (fraction << 13);
    } else {
      bits = sign | ((exponent + 112) << 23) | (fraction << 13);
    }
    memcpy(target + i, &bits, sizeof bits);
  }
}

void nosce_embedding_gather(
    ptrdiff_t rows, ptrdiff_t width, const float *table, const int32_t *tokens, float *target) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    memcpy(target + r * width, table + (ptrdiff_t)tokens[r] * width, (size_t)width * sizeof(float));
  }
}

void nosce_embedding_add(
    ptrdiff_t rows, ptrdiff_t width, const float *restrict table, const int32_t *ids,
    float *restrict target) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *entry = table + (ptrdiff_t)ids[r] * width;
    for (ptrdiff_t i = 0; i < width; i++) target[r * width + i] += entry[i];
  }
}

void nosce_embedding_scatter(
    ptrdiff_t rows, ptrdiff_t width, const float *restrict source, const int32_t *tokens,
    float *restrict table) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *entry = table + (ptrdiff_t)tokens[r] * width;
    for (ptrdiff_t i = 0; i < width; i++) entry[i] += source[r * width + i];
  }
}

void nosce_scale(nosce_level level, ptrdiff_t count, float factor, float *x) {
  nosce_scale_rows(level, 1, count, x, count, factor, nosce_float32, x, count);
}

ptrdiff_t nosce_attention_scratch(ptrdiff_t longest, ptrdiff_t size) {
  return (2 * NOSCE_QUERY_BLOCK + 5 * size) * (longest + 16) + 2 * NOSCE_QUERY_BLOCK * size;
}

ptrdiff_t nosce_cached_attention_scratch(ptrdiff_t before, ptrdiff_t queries, ptrdiff_t size) {
  return size * (2 * queries + 16) + 8 * (before + queries + 48);
}

void nosce_keep_keys_values(
    ptrdiff_t rows, ptrdiff_t before, ptrdiff_t heads, ptrdiff_t key_value_heads, ptrdiff_t size,
    const float *qkv, ptrdiff_t ld_qkv, float *keys, float *values, ptrdiff_t capacity) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t j = before + r;
    for (ptrdiff_t g = 0; g < key_value_heads; g++) {
      const float *k = qkv + r * ld_qkv + (heads + g) * size, *v = k + key_value_heads * size;
      float *column = keys + g * size * capacity + j / 16 * 16 * size + j % 16;
      for (ptrdiff_t e = 0; e < size; e++) column[e * 16] = k[e];
      memcpy(values + (g * capacity + j) * size, v, (size_t)size * sizeof(float));
    }
  }
}

static double element(nosce_type type, const void *p, ptrdiff_t i) {
  if (type == nosce_float32) return ((const float *)p)[i];
  float x;
  nosce_from_bfloat16(1, (const uint16_t *)p + i, &x);
  return x;
}

void nosce_matmul_reference(
    nosce_type type, bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
    const void *a, ptrdiff_t lda, const void *b, ptrdiff_t ldb, bool accumulate, float *c,
    ptrdiff_t ldc) {
  for (ptrdiff_t i = 0; i < m; i++) {
    for (ptrdiff_t j = 0; j < n; j++) {
      double sum = accumulate ? c[i * ldc + j] : 0;
      for (ptrdiff_t l = 0; l < k; l++) {
        sum += element(type, a, transpose_a ? l * lda + i : i * lda + l)
            * element(type, b, transpose_b ? j * ldb + l : l * ldb + j);
      }
      c[i * ldc + j] = (float)sum;
    }
  }
}
