// Causal attention within each sequence of a batch.
// Compiled once per instruction set, see Kernels.h.

/// One head of one sequence.
typedef struct NAME(head) {
  ptrdiff_t size, ld, width, heads, length;
  NAME(rule) rule;
  const float *q, *k, *v;
} NAME(head);

INLINE NAME(head) NAME(heads_of)(const nosce_attention *shape) {
  NAME(head) head = {0};
  head.size = shape->size;
  head.ld = shape->ld_qkv;
  head.width = shape->heads * shape->size;
  head.heads = shape->heads;
  head.rule.scale = shape->scale;
  head.rule.softcap = shape->softcap;
  head.rule.window = shape->window;
  return head;
}

/// Points to head h of the sequence that starts at row `start`.
INLINE void NAME(enter)(
    NAME(head) * head, const nosce_attention *shape, ptrdiff_t start, ptrdiff_t h) {
  const ptrdiff_t group = shape->heads / shape->key_value_heads;
  head->q = shape->qkv + start * head->ld + h * head->size;
  head->k = shape->qkv + start * head->ld + head->width + h / group * head->size;
  head->v = head->k + shape->key_value_heads * head->size;
}

/// Where a forward pass keeps what it needs of one key-value head and a few queries. Rows that lie
/// far apart would share few cache sets, so they are brought together.
typedef struct NAME(forward_space) {
  float *key_blocks;  ///< as_blocks
  float *values;  ///< [length][size]
  float *scores;
} NAME(forward_space);

INLINE void NAME(forward_rows)(
    const int mr, const int ways, const NAME(head) * head, const NAME(forward_space) * space,
    ptrdiff_t first, float *output, float *log_sums) {
  const ptrdiff_t seen = first + mr, ld_scores = head->length + 16;
  float *scores = space->scores;
  const ptrdiff_t start = NAME(first_seen)(&head->rule, first) / 16 * 16;
  for (ptrdiff_t j = start; j < seen; j += 16) {
    NAME(block_scores)(
        mr, ways, head->size, head->q + first * head->ld, head->ld,
        space->key_blocks + j * head->size, scores + j, ld_scores);
  }
  for (int r = 0; r < mr; r++) {
    log_sums[(first + r) * head->heads] = NAME(attention_weights)(
        &head->rule, scores + r * ld_scores + start,
        NAME(first_seen)(&head->rule, first + r) - start, first + r + 1 - start, seen - start);
  }
  NAME(weighted_rows)(
      mr, ways, head->size, seen - start, space->values + start * head->size, head->size,
      scores + start, ld_scores, 1, false, output + first * head->width, head->width);
}

INLINE void NAME(forward_sequence)(
    NAME(head) * head, const nosce_attention *shape, ptrdiff_t start, float *output,
    float *log_sums) {
  const ptrdiff_t size = head->size, length = head->length;
  const ptrdiff_t group = shape->heads / shape->key_value_heads;
  NAME(forward_space) space = {.key_blocks = shape->scratch};
  space.values = space.key_blocks + (length + 16) * size;
  space.scores = space.values + length * size;
  for (ptrdiff_t h = 0; h < shape->heads; h++) {
    NAME(enter)(head, shape, start, h);
    if (h % group == 0) {
      as_blocks(length, size, head->k, head->ld, space.key_blocks);
      gather_rows(length, size, head->v, head->ld, space.values);
    }
    float *out = output + start * head->width + h * size;
    float *sums = log_sums + start * shape->heads + h;
    ptrdiff_t r = 0;
#define ROWS(mr, ways) \
  for (; r + mr <= length; r += mr) { \
    NAME(forward_rows)(mr, ways, head, &space, r, out, sums); \
  }
#if NOSCE_WIDE
    ROWS(8, 2)
#endif
    ROWS(4, 2)
    ROWS(1, 4)
#undef ROWS
  }
}

int NAME(attention_forward)(const nosce_attention *shape, float *output, float *log_sums) {
  NAME(head) head = NAME(heads_of)(shape);
  for (ptrdiff_t s = 0; s < shape->sequences; s++) {
    head.length = shape->offsets[s + 1] - shape->offsets[s];
    NAME(forward_sequence)(&head, shape, shape->offsets[s], output, log_sums);
  }
  return 0;
}
