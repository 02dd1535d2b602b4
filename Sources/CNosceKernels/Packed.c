// Packed weights: their layout, reading them back, and their products by definition.
//
// A panel holds 32 outputs and all inputs. In float32 it is [inputs][32]; in bfloat16 it is
// [inputs / 2][32][2], so that one 32-bit lane holds the pair of inputs that the processor's
// bfloat16 product takes. An odd last input is paired with zero, a last panel filled with zeros.

#include "Internal.h"

#include <string.h>

#define PANEL NOSCE_PACKED_PANEL

static ptrdiff_t panel_numbers(nosce_type type, ptrdiff_t inputs) {
  return PANEL * (type == nosce_float32 ? inputs : (inputs + 1) / 2 * 2);
}

static ptrdiff_t place(nosce_type type, ptrdiff_t inputs, ptrdiff_t output, ptrdiff_t input) {
  const ptrdiff_t panel = output / PANEL * panel_numbers(type, inputs), lane = output % PANEL;
  return panel
      + (type == nosce_float32 ? input * PANEL + lane : (input / 2 * PANEL + lane) * 2 + input % 2);
}

ptrdiff_t nosce_packed_panels(ptrdiff_t outputs) {
  return (outputs + PANEL - 1) / PANEL;
}

ptrdiff_t nosce_packed_input_blocks(ptrdiff_t inputs) {
  return (inputs + PANEL - 1) / PANEL;
}

ptrdiff_t nosce_packed_bytes(nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs) {
  return nosce_packed_panels(outputs) * panel_numbers(type, inputs)
      * (type == nosce_float32 ? 4 : 2);
}

static void put(nosce_type type, void *packed, ptrdiff_t at, float value) {
  if (type == nosce_float32)
    ((float *)packed)[at] = value;
  else
    nosce_to_bfloat16(nosce_scalar, 1, &value, (uint16_t *)packed + at);
}

static float get(nosce_type type, const void *values, ptrdiff_t at) {
  if (type == nosce_float32) return ((const float *)values)[at];
  float value;
  nosce_from_bfloat16(1, (const uint16_t *)values + at, &value);
  return value;
}

void nosce_pack_rows(
    nosce_level level, nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t first,
    ptrdiff_t count, const float *rows, ptrdiff_t ld, void *packed) {
  (void)level;
  // The piece that brings the last row also brings the padding behind it.
  const ptrdiff_t end =
      first + count == outputs ? nosce_packed_panels(outputs) * PANEL : first + count;
  for (ptrdiff_t n = first; n < end; n++) {
    const float *row = rows + (n - first) * ld;
    for (ptrdiff_t k = 0; k < inputs; k++) {
      put(type, packed, place(type, inputs, n, k), n < outputs ? row[k] : 0);
    }
    if (type == nosce_bfloat16 && inputs % 2) {
      put(type, packed, place(type, inputs, n, inputs), 0);
    }
  }
}

void nosce_unpack_rows(
    nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs, const int32_t *which, ptrdiff_t count,
    const void *packed, float *rows, ptrdiff_t ld) {
  (void)outputs;
  for (ptrdiff_t i = 0; i < count; i++) {
    for (ptrdiff_t k = 0; k < inputs; k++) {
      rows[i * ld + k] = get(type, packed, place(type, inputs, which[i], k));
    }
  }
}

static ptrdiff_t smaller(ptrdiff_t x, ptrdiff_t y) {
  return x < y ? x : y;
}

void nosce_packed_product(
    nosce_level level, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs,
    const void *x, ptrdiff_t ldx, const void *packed, ptrdiff_t first, ptrdiff_t end,
    bool accumulate, float *y, ptrdiff_t ldy) {
  (void)level;
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

ptrdiff_t nosce_packed_gradient_scratch(nosce_type type, ptrdiff_t outputs, ptrdiff_t inputs) {
  (void)type, (void)outputs, (void)inputs;
  return 0;
}

void nosce_packed_gradient(
    nosce_level level, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs,
    const void *dy, ptrdiff_t lddy, const void *packed, ptrdiff_t first, ptrdiff_t end,
    bool accumulate, float *dx, ptrdiff_t lddx, void *scratch) {
  (void)level, (void)scratch;
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
