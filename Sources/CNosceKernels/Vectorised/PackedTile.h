// The inner loop of products with packed weights: a tile of some rows by some vectors of outputs,
// whose sums stay in registers. Compiled once per instruction set, see Packed.h.
//
// A lane is 32 bits along the sum: one float, or two neighbouring bfloat16 numbers.

#define PANEL NOSCE_PACKED_PANEL
#define UNROLL _Pragma("clang loop unroll(full)")

// Without this the compiler loads several lanes' weights beforehand and spills the sums.
#define ROLLED _Pragma("clang loop unroll(disable)")

/// What a tile reads and where its sums go.
typedef struct NAME(packed_tile) {
  const char *x;  ///< the first row's first lane
  ptrdiff_t x_step;  ///< bytes between rows
  const uint32_t *panel;  ///< [lanes][PANEL], as far as this chunk goes
  ptrdiff_t panel_step;  ///< lanes of all outputs between panels
  ptrdiff_t lanes;
  bool odd;  ///< whether half a lane follows: a last number without its pair
  bool accumulate;
  float *y;
  ptrdiff_t y_step;  ///< floats between rows
  ptrdiff_t columns;  ///< outputs that exist from the first panel on
  uintptr_t fetch;  ///< the weights that come next, 0 for none
  ptrdiff_t fetches;  ///< how many cache lines of them to fetch per four lanes
} NAME(packed_tile);

INLINE v16 NAME(lanes_at)(const uint32_t *p) {
  return *(const v16u *)p;
}

/// One lane of a row, in every lane of a vector.
INLINE v16 NAME(lane_everywhere)(const char *p) {
  float x;
  memcpy(&x, p, sizeof x);
  return splat(x);
}

/// A last bfloat16 number, paired with zero. What lies behind it must not be read.
INLINE v16 NAME(half_lane_everywhere)(const char *p) {
  uint16_t half;
  memcpy(&half, p, sizeof half);
  const uint32_t lane = half;
  float x;
  memcpy(&x, &lane, sizeof x);
  return splat(x);
}

typedef union NAME(lane_bits) {
  v16 f;
  u16v u;
} NAME(lane_bits);

INLINE v16 NAME(first_of_pairs)(v16 x) {
  NAME(lane_bits) bits = {.f = x};
  bits.u <<= 16;
  return bits.f;
}

INLINE v16 NAME(second_of_pairs)(v16 x) {
  NAME(lane_bits) bits = {.f = x};
  bits.u &= 0xffff0000u;
  return bits.f;
}

INLINE v16 NAME(multiply_add)(nosce_type type, v16 sum, v16 x, v16 w) {
  if (type == nosce_float32) return x * w + sum;
#if NOSCE_PAIRS
  return (v16)_mm512_dpbf16_ps((__m512)sum, (__m512bh)x, (__m512bh)w);
#else
  sum = NAME(first_of_pairs)(x) * NAME(first_of_pairs)(w) + sum;
  return NAME(second_of_pairs)(x) * NAME(second_of_pairs)(w) + sum;
#endif
}

// One lane of `mr` rows times that of `nv` vectors, whose row is read with `everywhere`.
#define LANE(i, everywhere) \
  { \
    v16 weights[8]; \
    UNROLL for (int v = 0; v < nv; v++) { \
      weights[v] = NAME(lanes_at)(w[v / 2] + (i) * PANEL + v % 2 * 16); \
    } \
    UNROLL for (int r = 0; r < mr; r++) { \
      const v16 value = everywhere(x[r] + 4 * (i)); \
      UNROLL for (int v = 0; v < nv; v++) { \
        sums[r][v] = NAME(multiply_add)(type, sums[r][v], value, weights[v]); \
      } \
    } \
  }

/// `mr` rows by `nv` vectors, from vector `skip` of the first panel on. `nv` is at most 2 where
/// `skip` is not 0. All but the tile itself are constants after inlining.
INLINE void NAME(sum_tile)(
    nosce_type type, const int mr, const int nv, const int skip, const NAME(packed_tile) * t) {
  v16 sums[12][8];
  const char *x[12];
  const uint32_t *w[4];
  float *y[12];
  UNROLL for (int r = 0; r < mr; r++) {
    x[r] = t->x + r * t->x_step;
    y[r] = t->y + r * t->y_step + 16 * skip;
    UNROLL for (int v = 0; v < nv; v++) {
      __builtin_prefetch((const void *)((uintptr_t)y[r] + 64 * (uintptr_t)v));
      sums[r][v] = splat(0);
    }
  }
  UNROLL for (int v = 0; v < nv; v += 2) w[v / 2] = t->panel + v / 2 * t->panel_step + 16 * skip;
  uintptr_t fetch = t->fetch;
  ptrdiff_t i = 0;
  for (; i + 4 <= t->lanes; i += 4) {
    ROLLED for (ptrdiff_t f = t->fetches; f > 0; f--) {
      __builtin_prefetch((const void *)fetch);
      fetch += 64;
    }
    ROLLED for (ptrdiff_t j = i; j < i + 4; j++) LANE(j, NAME(lane_everywhere))
  }
  ROLLED for (; i < t->lanes; i++) LANE(i, NAME(lane_everywhere))
  if (type == nosce_bfloat16 && t->odd) LANE(i, NAME(half_lane_everywhere))
  const ptrdiff_t columns = t->columns - 16 * skip;
  UNROLL for (int r = 0; r < mr; r++) {
    if (columns >= 16 * nv) {
      UNROLL for (int v = 0; v < nv; v++) {
        const v16 before = t->accumulate ? load(y[r] + 16 * v) : splat(0);
        store(y[r] + 16 * v, t->accumulate ? before + sums[r][v] : sums[r][v]);
      }
    } else {
      UNROLL for (int v = 0; v < nv; v++) {
        const ptrdiff_t n = columns - 16 * v;
        if (n <= 0) continue;
        const v16 before = t->accumulate ? load_some(y[r] + 16 * v, n) : splat(0);
        store_some(y[r] + 16 * v, t->accumulate ? before + sums[r][v] : sums[r][v], n);
      }
    }
  }
}

#undef LANE
