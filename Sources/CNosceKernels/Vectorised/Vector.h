// Sixteen floats at a time, on any processor: the compiler splits the vectors where its registers
// are narrower. Included by each compilation of Kernels.h.

#include <string.h>

typedef float v16 __attribute__((ext_vector_type(16)));
typedef float v16u __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t i16 __attribute__((ext_vector_type(16)));
typedef uint32_t u16v __attribute__((ext_vector_type(16)));
typedef uint16_t h16 __attribute__((ext_vector_type(16)));
typedef uint16_t h16u __attribute__((ext_vector_type(16), aligned(2)));

// Full vectors first, then the rest of a row: the body reads its start as `i` and the number of
// floats as `n`, which the compiler knows to be 16 in the loop.
#define EACH_16(count, ...) \
  { \
    ptrdiff_t i = 0; \
    for (; i + 16 <= (count); i += 16) { \
      const ptrdiff_t n = 16; \
      __VA_ARGS__ \
    } \
    if (i < (count)) { \
      const ptrdiff_t n = (count) - i; \
      __VA_ARGS__ \
    } \
  }

#define INLINE static inline __attribute__((always_inline, unused))

INLINE v16 splat(float x) {
  return (v16)x;
}

INLINE v16 load(const float *p) {
  return *(const v16u *)p;
}

INLINE void store(float *p, v16 x) {
  *(v16u *)p = x;
}

/// The first `n` (at most 16) floats, zero beyond.
INLINE v16 load_some(const float *p, ptrdiff_t n) {
  if (n >= 16) return load(p);
#if NOSCE_WIDE
  return (v16)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#endif
  float x[16] = {0};
  memcpy(x, p, (size_t)n * sizeof(float));
  return load(x);
}

INLINE void store_some(float *p, v16 x, ptrdiff_t n) {
  if (n >= 16) {
    store(p, x);
    return;
  }
#if NOSCE_WIDE
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
  return;
#endif
  memcpy(p, &x, (size_t)n * sizeof(float));
}

INLINE float sum_of(v16 x) {
  x = x + __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  x = x + __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  x = x + __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  x = x + __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  return x[0];
}

INLINE v16 larger(v16 x, v16 y) {
  return x > y ? x : y;
}

INLINE float largest_of(v16 x) {
  x = larger(
      x, __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  x = larger(
      x, __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  x = larger(
      x, __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  x = larger(
      x, __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  return x[0];
}

/// e^x, within 2 units in the last place for |x| < 87; 0 below -87, saturated above 88.02.
INLINE v16 exponential(v16 x) {
  const v16 low = splat(-87.33654f), high = splat(88.02f);
  const i16 vanishes = x < low;
  x = x < low ? low : x;
  x = x > high ? high : x;
  const v16 magic = splat(12582912.0f);
  const v16 shifted = x * splat(1.44269504088896341f) + magic;
  const v16 n = shifted - magic;
  v16 r = x - n * splat(0.693359375f);
  r = r - n * splat(-2.12194440e-4f);
  v16 p = splat(1.9875691500e-4f);
  p = p * r + splat(1.3981999507e-3f);
  p = p * r + splat(8.3334519073e-3f);
  p = p * r + splat(4.1665795894e-2f);
  p = p * r + splat(1.6666665459e-1f);
  p = p * r + splat(5.0000001201e-1f);
  p = p * (r * r) + r + splat(1.0f);
  // The last bits of `shifted` are n: moved up, they are the exponent to add.
  union {
    v16 f;
    i16 i;
  } bits, power;
  bits.f = p;
  power.f = shifted;
  bits.i = bits.i + (power.i << 23);
  return vanishes ? splat(0) : bits.f;
}

/// To the nearest bfloat16, ties to even. A NaN keeps to its upper half, which is enough for those
/// that arithmetic makes.
INLINE h16 rounded(v16 x) {
  union {
    v16 f;
    u16v u;
  } bits;
  bits.f = x;
  return __builtin_convertvector((bits.u + 0x7fffu + ((bits.u >> 16) & 1u)) >> 16, h16);
}

INLINE v16 widened(h16 x) {
  union {
    v16 f;
    u16v u;
  } bits;
  bits.u = __builtin_convertvector(x, u16v) << 16;
  return bits.f;
}

/// Stores at element `i` of a matrix of either type.
INLINE void store_as(nosce_type type, void *p, ptrdiff_t i, v16 x, ptrdiff_t n) {
  if (type == nosce_float32) {
    store_some((float *)p + i, x, n);
  } else {
    const h16 h = rounded(x);
    uint16_t *q = (uint16_t *)p + i;
    if (n >= 16) {
      *(h16u *)q = h;
      return;
    }
    memcpy(q, &h, (size_t)n * sizeof(uint16_t));
  }
}

/// Up to 16 numbers from element `i` of a matrix of either type, zero beyond.
INLINE v16 load_as(nosce_type type, const void *p, ptrdiff_t i, ptrdiff_t n) {
  if (type == nosce_float32) return load_some((const float *)p + i, n);
  const uint16_t *q = (const uint16_t *)p + i;
  if (n >= 16) return widened(*(const h16u *)q);
  h16 h = 0;
  memcpy(&h, q, (size_t)n * sizeof(uint16_t));
  return widened(h);
}

// For each pair of rows, swaps the parts that lie off the diagonal of blocks of a given size.
#define SWAP_8(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), \
      __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
#define SWAP_4(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27), \
      __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define SWAP_2(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29), \
      __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define SWAP_1(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30), \
      __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)
#define SWAP_ALL(step, swap) \
  for (int i = 0; i < 16; i++) { \
    if (i & step) continue; \
    const v16 both[2] = {swap(x[i], x[i + step])}; \
    x[i] = both[0]; \
    x[i + step] = both[1]; \
  }

/// target[c][r] = source[r][c] for 16 rows and columns.
INLINE void transpose_16(const float *source, ptrdiff_t ld, float *target) {
  v16 x[16];
  for (int i = 0; i < 16; i++) x[i] = load(source + i * ld);
  SWAP_ALL(8, SWAP_8)
  SWAP_ALL(4, SWAP_4)
  SWAP_ALL(2, SWAP_2)
  SWAP_ALL(1, SWAP_1)
  for (int i = 0; i < 16; i++) store(target + i * 16, x[i]);
}

/// Rows as blocks of 16 columns: [rows / 16][size][16], zero beyond the last row.
INLINE void as_blocks(
    ptrdiff_t rows, ptrdiff_t size, const float *source, ptrdiff_t ld, float *blocks) {
  for (ptrdiff_t first = 0; first < rows; first += 16) {
    const ptrdiff_t count = rows - first < 16 ? rows - first : 16;
    const float *from = source + first * ld;
    float *block = blocks + first * size;
    ptrdiff_t e = 0;
    if (count == 16) {
      for (; e + 16 <= size; e += 16) transpose_16(from + e, ld, block + e * 16);
    }
    for (; e < size; e++) {
      for (ptrdiff_t j = 0; j < count; j++) block[e * 16 + j] = from[j * ld + e];
      for (ptrdiff_t j = count; j < 16; j++) block[e * 16 + j] = 0;
    }
  }
}

/// Rows `ld` apart as rows one after another.
INLINE void gather_rows(
    ptrdiff_t rows, ptrdiff_t size, const float *source, ptrdiff_t ld, float *target) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    memcpy(target + r * size, source + r * ld, (size_t)size * sizeof(float));
  }
}

/// The reverse: rows one after another as rows `ld` apart.
INLINE void scatter_rows(
    ptrdiff_t rows, ptrdiff_t size, const float *source, float *target, ptrdiff_t ld) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    memcpy(target + r * ld, source + r * size, (size_t)size * sizeof(float));
  }
}
