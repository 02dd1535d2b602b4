// Shared by the scalar definitions. Their arithmetic is in double precision, and nothing is fused.

#ifndef NOSCE_SCALAR_H
#define NOSCE_SCALAR_H

#include "Internal.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

/// Stores x at element `i` of a matrix of either type.
static inline void put(nosce_type type, void *p, ptrdiff_t i, double x) {
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

static inline double get(nosce_type type, const void *p, ptrdiff_t i) {
  if (type == nosce_float32) return ((const float *)p)[i];
  float x;
  nosce_from_bfloat16(1, (const uint16_t *)p + i, &x);
  return x;
}

/// cap * tanh(x / cap), or x where the cap is 0.
static inline double capped(double x, double cap) {
  return cap > 0 ? cap * tanh(x / cap) : x;
}

/// The derivative of `capped`, from its result.
static inline double cap_slope(double result, double cap) {
  return cap > 0 ? 1 - result / cap * (result / cap) : 1;
}

#endif
