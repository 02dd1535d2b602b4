// Attention of new rows behind keys and values kept from earlier.
// Compiled once per instruction set, see Kernels.h.

INLINE void NAME(cached_rows)(
    const int mr, const int ways, const nosce_cached_attention *shape, ptrdiff_t first, ptrdiff_t h,
    const float *own_keys, float *scores, float *output, ptrdiff_t ld_output) {
  const ptrdiff_t size = shape->size, ld = shape->ld_qkv, before = shape->before;
  const ptrdiff_t g = h / (shape->heads / shape->key_value_heads);
  const float *q = shape->qkv + first * ld + h * size;
  const float *own_values = shape->qkv + (shape->heads + shape->key_value_heads + g) * size;
  const float *kept_keys = shape->keys + g * size * shape->capacity;
  const float *kept_values = shape->values + g * size * shape->capacity;
  const ptrdiff_t ld_scores = before + (shape->queries + 15) / 16 * 16 + 16;
  for (ptrdiff_t j = 0; j < before; j += 16) {
    NAME(block_scores)(mr, ways, size, q, ld, kept_keys + j * size, scores + j, ld_scores);
  }
  for (ptrdiff_t j = 0; j < first + mr; j += 16) {
    NAME(block_scores)(mr, ways, size, q, ld, own_keys + j * size, scores + before + j, ld_scores);
  }
  for (int r = 0; r < mr; r++) {
    const ptrdiff_t seen = before + first + r + 1;
    NAME(softmax_row)(
        scores + r * ld_scores, seen, before + first + mr, 1.0f / __builtin_sqrtf((float)size));
  }
  EACH_16(size, {
    v16 sums[4][4];
    NAME(clear_sums)(mr, ways, sums);
    NAME(add_weighted)(mr, ways, sums, before, kept_values + i, size, scores, ld_scores, 1, n);
    NAME(add_weighted)(
        mr, ways, sums, first + mr, own_values + i, ld, scores + before, ld_scores, 1, n);
    NAME(store_sums)(
        mr, ways, sums, output + first * ld_output + h * size + i, ld_output, n, false);
  })
}

void NAME(cached_attention_forward)(
    const nosce_cached_attention *shape, float *output, ptrdiff_t ld_output) {
  const ptrdiff_t size = shape->size, group = shape->heads / shape->key_value_heads,
                  ld = shape->ld_qkv;
  const ptrdiff_t queries = shape->queries, blocks = (queries + 15) / 16 * 16;
  float *own_keys = shape->scratch, *scores = own_keys + size * blocks;
  for (ptrdiff_t g = 0; g < shape->key_value_heads; g++) {
    as_blocks(queries, size, shape->qkv + (shape->heads + g) * size, ld, own_keys);
    for (ptrdiff_t h = g * group; h < (g + 1) * group; h++) {
      ptrdiff_t r = 0;
      for (; r + 4 <= queries; r += 4) {
        NAME(cached_rows)(4, 2, shape, r, h, own_keys, scores, output, ld_output);
      }
      for (; r < queries; r++)
        NAME(cached_rows)(1, 4, shape, r, h, own_keys, scores, output, ld_output);
    }
  }
}
