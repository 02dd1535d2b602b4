#include "NosceBlocks.h"

#include <string.h>

// A fused product and sum would be rounded once where the reference rounds twice.
#pragma STDC FP_CONTRACT OFF

// Layouts of blocks: `ggml-common.h` of llama.cpp. Bytes are read one by one, since blocks of 18 or
// 210 bytes lie at odd addresses.

static inline float half_at(const uint8_t *bytes) {
  uint32_t bits = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
  uint32_t sign = (bits & 0x8000) << 16, exponent = bits >> 10 & 0x1F, mantissa = bits & 0x3FF;
  uint32_t wide;
  if (exponent == 0) {
    float magnitude = (float)mantissa * 0x1p-24f;
    memcpy(&wide, &magnitude, 4);
    wide |= sign;
  } else if (exponent == 0x1F) {
    wide = sign | 0x7F800000 | mantissa << 13;
  } else {
    wide = sign | (exponent + 112) << 23 | mantissa << 13;
  }
  float value;
  memcpy(&value, &wide, 4);
  return value;
}

// MARK: Blocks of 32

static void q4_0(const uint8_t *block, float *to) {
  float d = half_at(block);
  const uint8_t *low = block + 2;
  for (int i = 0; i < 16; i++) {
    to[i] = d * (float)((int)(low[i] & 15) - 8);
    to[i + 16] = d * (float)((int)(low[i] >> 4) - 8);
  }
}

static void q4_1(const uint8_t *block, float *to) {
  float d = half_at(block), m = half_at(block + 2);
  const uint8_t *low = block + 4;
  for (int i = 0; i < 16; i++) {
    to[i] = d * (float)(low[i] & 15) + m;
    to[i + 16] = d * (float)(low[i] >> 4) + m;
  }
}

static inline uint32_t word_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
         (uint32_t)bytes[3] << 24;
}

static void q5_0(const uint8_t *block, float *to) {
  float d = half_at(block);
  uint32_t high = word_at(block + 2);
  const uint8_t *low = block + 6;
  for (int i = 0; i < 16; i++) {
    to[i] = d * (float)((int)((low[i] & 15) | (high >> i & 1) << 4) - 16);
    to[i + 16] = d * (float)((int)((low[i] >> 4) | (high >> (i + 16) & 1) << 4) - 16);
  }
}

static void q5_1(const uint8_t *block, float *to) {
  float d = half_at(block), m = half_at(block + 2);
  uint32_t high = word_at(block + 4);
  const uint8_t *low = block + 8;
  for (int i = 0; i < 16; i++) {
    to[i] = d * (float)((low[i] & 15) | (high >> i & 1) << 4) + m;
    to[i + 16] = d * (float)((low[i] >> 4) | (high >> (i + 16) & 1) << 4) + m;
  }
}

static void q8_0(const uint8_t *block, float *to) {
  float d = half_at(block);
  const int8_t *quants = (const int8_t *)block + 2;
  for (int i = 0; i < 32; i++) to[i] = (float)quants[i] * d;
}

// MARK: Blocks of 256

static void q2_k(const uint8_t *block, float *to) {
  const uint8_t *scales = block, *quants = block + 16;
  float d = half_at(block + 80), least = half_at(block + 82);
  for (int run = 0; run < 16; run++) {
    float scale = d * (float)(scales[run] & 15), minimum = least * (float)(scales[run] >> 4);
    // Two runs of 16 share the 32 bytes of a half, four of their pairs one shift each.
    const uint8_t *from = quants + run / 8 * 32 + run % 2 * 16;
    int shift = run % 8 / 2 * 2;
    for (int i = 0; i < 16; i++) to[run * 16 + i] = scale * (float)(from[i] >> shift & 3) - minimum;
  }
}

static void q3_k(const uint8_t *block, float *to) {
  const uint8_t *mask = block, *quants = block + 32, *packed = block + 96;
  float d = half_at(block + 108);
  for (int run = 0; run < 16; run++) {
    int low = run < 8 ? packed[run] & 15 : packed[run - 8] >> 4;
    int high = packed[8 + run % 4] >> (run / 4 * 2) & 3;
    float scale = d * (float)((low | high << 4) - 32);
    const uint8_t *from = quants + run / 8 * 32 + run % 2 * 16;
    const uint8_t *bits = mask + run % 2 * 16;
    int shift = run % 8 / 2 * 2, bit = run / 2;
    for (int i = 0; i < 16; i++) {
      // Where the bit is set, nothing is taken off.
      int value = (from[i] >> shift & 3) - ((bits[i] >> bit & 1) ? 0 : 4);
      to[run * 16 + i] = scale * (float)value;
    }
  }
}

/// The six bits of a scale and of a minimum in twelve bytes that hold eight of each.
static inline void scale_and_minimum(const uint8_t *packed, int run, int *scale, int *minimum) {
  if (run < 4) {
    *scale = packed[run] & 63;
    *minimum = packed[run + 4] & 63;
  } else {
    *scale = (packed[run + 4] & 15) | (packed[run - 4] >> 6) << 4;
    *minimum = (packed[run + 4] >> 4) | (packed[run] >> 6) << 4;
  }
}

static void q4_k(const uint8_t *block, float *to) {
  float d = half_at(block), least = half_at(block + 2);
  const uint8_t *packed = block + 4, *quants = block + 16;
  for (int run = 0; run < 8; run++) {
    int scale, minimum;
    scale_and_minimum(packed, run, &scale, &minimum);
    float factor = d * (float)scale, offset = least * (float)minimum;
    const uint8_t *from = quants + run / 2 * 32;
    int shift = run % 2 * 4;
    for (int i = 0; i < 32; i++) to[run * 32 + i] = factor * (float)(from[i] >> shift & 15) - offset;
  }
}

static void q5_k(const uint8_t *block, float *to) {
  float d = half_at(block), least = half_at(block + 2);
  const uint8_t *packed = block + 4, *high = block + 16, *quants = block + 48;
  for (int run = 0; run < 8; run++) {
    int scale, minimum;
    scale_and_minimum(packed, run, &scale, &minimum);
    float factor = d * (float)scale, offset = least * (float)minimum;
    const uint8_t *from = quants + run / 2 * 32;
    int shift = run % 2 * 4;
    for (int i = 0; i < 32; i++) {
      int value = (from[i] >> shift & 15) | (high[i] >> run & 1) << 4;
      to[run * 32 + i] = factor * (float)value - offset;
    }
  }
}

static void q6_k(const uint8_t *block, float *to) {
  const uint8_t *low = block, *high = block + 128;
  const int8_t *scales = (const int8_t *)block + 192;
  float d = half_at(block + 208);
  for (int run = 0; run < 16; run++) {
    float scale = d * (float)scales[run];
    // A half of 128 numbers: 64 low nibbles, then the same bytes' high ones; 32 bytes of two bits.
    int half = run / 8, quarter = run % 8 / 2, part = run % 2 * 16;
    const uint8_t *from = low + half * 64 + quarter % 2 * 32 + part;
    const uint8_t *bits = high + half * 32 + part;
    int shift = quarter / 2 * 4;
    for (int i = 0; i < 16; i++) {
      int value = ((from[i] >> shift & 15) | (bits[i] >> (quarter * 2) & 3) << 4) - 32;
      to[run * 16 + i] = scale * (float)value;
    }
  }
}

// MARK: All

static const struct {
  int32_t type;
  int numbers, bytes;
  void (*widen)(const uint8_t *, float *);
} kinds[] = {
    {2, 32, 18, q4_0},    {3, 32, 20, q4_1},    {6, 32, 22, q5_0},    {7, 32, 24, q5_1},
    {8, 32, 34, q8_0},    {10, 256, 84, q2_k},  {11, 256, 110, q3_k}, {12, 256, 144, q4_k},
    {13, 256, 176, q5_k}, {14, 256, 210, q6_k},
};

bool nosce_widen_blocks(int32_t type, ptrdiff_t count, const void *source, float *target) {
  for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
    if (kinds[kind].type != type) continue;
    const uint8_t *block = source;
    for (ptrdiff_t first = 0; first < count; first += kinds[kind].numbers) {
      kinds[kind].widen(block, target + first);
      block += kinds[kind].bytes;
    }
    return true;
  }
  return false;
}
