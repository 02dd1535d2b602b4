// Packed weights: their layout, reading them back, their products by definition, and the choice
// among the compilations of the fast ones.
//
// A panel holds 32 outputs and all inputs. In float32 it is [inputs][32]; in bfloat16 it is
// [inputs / 2][32][2], so that one 32-bit lane holds the pair of inputs that the processor's
// bfloat16 product takes. An odd last input is paired with zero, a last panel filled with zeros.

#include "Internal.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define PANEL NOSCE_PACKED_PANEL

static ptrdiff_t smaller(ptrdiff_t x, ptrdiff_t y) {
  return x < y ? x : y;
}

// MARK: The layout

/// Lanes of 32 bits that one output takes.
static ptrdiff_t lanes_of(nosce_type type, ptrdiff_t inputs) {
  return type == nosce_float32 ? inputs : (inputs + 1) / 2;
}

static ptrdiff_t place(nosce_type type, ptrdiff_t inputs, ptrdiff_t output, ptrdiff_t input) {
  const ptrdiff_t first = output / PANEL * PANEL * lanes_of(type, inputs) + output % PANEL;
  if (type == nosce_float32) return first + input * PANEL;
  return (first + input / 2 * PANEL) * 2 + input % 2;
}

ptrdiff_t nosce_packed_panels(ptrdiff_t outputs) {
  return (outputs + PANEL - 1) / PANEL;
}

ptrdiff_t nosce_packed_input_blocks(ptrdiff_t inputs) {
  return (inputs + PANEL - 1) / PANEL;
}

ptrdiff_t nosce_packed_bytes(nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs) {
  return nosce_packed_panels(outputs) * PANEL * lanes_of(type, inputs) * 4;
}

ptrdiff_t nosce_packed_gradient_scratch(nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs) {
  // Two blocks of inputs, by one chunk of whole panels of outputs.
  const ptrdiff_t per_panel = type == nosce_float32 ? PANEL : PANEL / 2;
  const ptrdiff_t lanes = smaller(nosce_packed_panels(outputs) * per_panel, NOSCE_CHUNK);
  return smaller(nosce_packed_input_blocks(inputs), 2) * PANEL * lanes * 4;
}

void nosce_unpack_rows(
    nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, const int32_t *which, ptrdiff_t count,
    const void *packed, float *rows, ptrdiff_t ld) {
  (void)outputs;
  const ptrdiff_t lanes = lanes_of(type, inputs);
  for (ptrdiff_t i = 0; i < count; i++) {
    const uint32_t *lane =
        (const uint32_t *)packed + which[i] / PANEL * PANEL * lanes + which[i] % PANEL;
    float *row = rows + i * ld;
    if (type == nosce_float32) {
      for (ptrdiff_t k = 0; k < inputs; k++) memcpy(row + k, lane + k * PANEL, sizeof *row);
      continue;
    }
    for (ptrdiff_t k = 0; k < inputs / 2; k++) {
      const uint32_t pair = lane[k * PANEL], halves[2] = {pair << 16, pair & 0xffff0000u};
      memcpy(row + 2 * k, halves, sizeof halves);
    }
    if (inputs % 2) {
      const uint32_t half = lane[inputs / 2 * PANEL] << 16;
      memcpy(row + inputs - 1, &half, sizeof half);
    }
  }
}

// MARK: By definition

static float get(nosce_type type, const void *values, ptrdiff_t at) {
  if (type == nosce_float32) return ((const float *)values)[at];
  float value;
  nosce_from_bfloat16(1, (const uint16_t *)values + at, &value);
  return value;
}

static void put(nosce_type type, void *packed, ptrdiff_t at, float value) {
  if (type == nosce_float32)
    ((float *)packed)[at] = value;
  else
    nosce_to_bfloat16(nosce_scalar, 1, &value, (uint16_t *)packed + at);
}

void nosce_pack_rows_scalar(
    nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t first, ptrdiff_t count,
    const float *rows, ptrdiff_t ld, void *packed) {
  // The piece that brings the last row also brings the padding behind it.
  const bool last = count > 0 && first + count == outputs;
  const ptrdiff_t end = last ? nosce_packed_panels(outputs) * PANEL : first + count;
  for (ptrdiff_t n = first; n < end; n++) {
    for (ptrdiff_t k = 0; k < inputs; k++) {
      put(type, packed, place(type, inputs, n, k), n < outputs ? rows[(n - first) * ld + k] : 0);
    }
    if (type == nosce_bfloat16 && inputs % 2) put(type, packed, place(type, inputs, n, inputs), 0);
  }
}

static void nosce_packed_product_scalar(
    nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const void *x,
    ptrdiff_t ldx, const void *packed, ptrdiff_t first, ptrdiff_t end, bool accumulate, float *y,
    ptrdiff_t ldy) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t n = first * PANEL; n < smaller(end * PANEL, outputs); n++) {
      double sum = accumulate ? y[r * ldy + n] : 0;
      for (ptrdiff_t k = 0; k < inputs; k++) {
        sum += (double)get(type, x, r * ldx + k) * get(type, packed, place(type, inputs, n, k));
      }
      y[r * ldy + n] = (float)sum;
    }
  }
}

static void nosce_packed_gradient_scalar(
    nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const void *dy,
    ptrdiff_t lddy, const void *packed, ptrdiff_t first, ptrdiff_t end, bool accumulate, float *dx,
    ptrdiff_t lddx, void *scratch) {
  (void)scratch;
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t k = first * PANEL; k < smaller(end * PANEL, inputs); k++) {
      double sum = accumulate ? dx[r * lddx + k] : 0;
      for (ptrdiff_t n = 0; n < outputs; n++) {
        sum += (double)get(type, dy, r * lddy + n) * get(type, packed, place(type, inputs, n, k));
      }
      dx[r * lddx + k] = (float)sum;
    }
  }
}

// MARK: The choice

#define PRODUCT(set) \
  void nosce_packed_product_##set( \
      nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const void *x, \
      ptrdiff_t ldx, const void *packed, ptrdiff_t first, ptrdiff_t end, bool accumulate, \
      float *y, ptrdiff_t ldy); \
  void nosce_packed_gradient_##set( \
      nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const void *dy, \
      ptrdiff_t lddy, const void *packed, ptrdiff_t first, ptrdiff_t end, bool accumulate, \
      float *dx, ptrdiff_t lddx, void *scratch);
#define PACK(set) \
  void nosce_pack_rows_##set( \
      nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t first, ptrdiff_t count, \
      const float *rows, ptrdiff_t ld, void *packed);

PRODUCT(vector)
PACK(vector)
#if defined(__x86_64__)
PRODUCT(avx2)
PACK(avx2)
PRODUCT(avx512)
PACK(avx512)
PRODUCT(pairs)
#define CHOOSE(name, ...) \
  if (level == nosce_avx2) return nosce_##name##_avx2(__VA_ARGS__); \
  if (level == nosce_avx512) return nosce_##name##_avx512(__VA_ARGS__); \
  if (level == nosce_scalar) return nosce_##name##_scalar(__VA_ARGS__); \
  nosce_##name##_vector(__VA_ARGS__);
#define CHOOSE_PAIRS(name, ...) \
  if (level == nosce_avx512 && type == nosce_bfloat16 && nosce_has_bfloat16()) \
    return nosce_##name##_pairs(__VA_ARGS__); \
  CHOOSE(name, __VA_ARGS__)
#else
#define CHOOSE(name, ...) \
  if (level == nosce_scalar) return nosce_##name##_scalar(__VA_ARGS__); \
  nosce_##name##_vector(__VA_ARGS__);
#define CHOOSE_PAIRS CHOOSE
#endif

void nosce_pack_rows(
    nosce_level level, nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t first,
    ptrdiff_t count, const float *rows, ptrdiff_t ld, void *packed) {
  CHOOSE(pack_rows, type, outputs, inputs, first, count, rows, ld, packed)
}

void nosce_packed_product(
    nosce_level level, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs,
    const void *x, ptrdiff_t ldx, const void *packed, ptrdiff_t first, ptrdiff_t end,
    bool accumulate, float *y, ptrdiff_t ldy) {
  CHOOSE_PAIRS(
      packed_product, type, rows, outputs, inputs, x, ldx, packed, first, end, accumulate, y, ldy)
}

void nosce_packed_gradient(
    nosce_level level, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs,
    const void *dy, ptrdiff_t lddy, const void *packed, ptrdiff_t first, ptrdiff_t end,
    bool accumulate, float *dx, ptrdiff_t lddx, void *scratch) {
  CHOOSE_PAIRS(
      packed_gradient, type, rows, outputs, inputs, dy, lddy, packed, first, end, accumulate, dx,
      lddx, scratch)
}
