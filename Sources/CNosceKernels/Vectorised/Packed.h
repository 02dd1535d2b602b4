// Products of packed weights. Compiled once per instruction set: NAME(x) appends the set's name,
// NOSCE_WIDE says whether vectors of sixteen floats fit a register, NOSCE_PAIRS whether pairs of
// bfloat16 numbers are multiplied in hardware (such a compilation has no other products).

#ifndef NOSCE_PAIRS
#define NOSCE_PAIRS 0
#endif

#include "PackedTile.h"

/// What the rows of a chunk may take of the second-level cache, in bytes.
#define ROW_BYTES (384 << 10)

// The most rows of a tile, by how many panels it covers: as many sums as there are registers for.
// (The compiler's own __AVX2__ does not tell, as the target is set by attribute.)
#if NOSCE_WIDE
#define TALLEST(panels) ((panels) == 1 ? 12 : (panels) == 2 ? 6 : 2)
#elif defined(NOSCE_AVX2) || defined(__aarch64__)
#define TALLEST(panels) 6
#else
#define TALLEST(panels) 2
#endif

/// One tile of `mr` rows by `panels` panels.
INLINE void NAME(tile_of)(
    nosce_type type, ptrdiff_t mr, const int panels, const NAME(packed_tile) * t) {
#define TILE(mr, nv, skip) \
  case mr: \
    NAME(sum_tile)(type, mr, nv, skip, t); \
    break;
#if NOSCE_WIDE
#define TILES_TO_2(nv) TILE(1, nv, 0) TILE(2, nv, 0)
#define TILES_TO_6(nv) \
  TILES_TO_2(nv) TILE(3, nv, 0) TILE(4, nv, 0) TILE(5, nv, 0) TILE(6, nv, 0)
#define TILES_TO_12(nv) \
  TILES_TO_6(nv) \
  TILE(7, nv, 0) TILE(8, nv, 0) TILE(9, nv, 0) TILE(10, nv, 0) TILE(11, nv, 0) TILE(12, nv, 0)
  if (panels == 4) {
    switch (mr) { TILES_TO_2(8) }
  } else if (panels == 2) {
    switch (mr) { TILES_TO_6(4) }
  } else if (t->columns <= 16) {
    // Half of the panel is padding, as in an adapter of rank 16.
    switch (mr) { TILES_TO_12(1) }
  } else {
    switch (mr) { TILES_TO_12(2) }
  }
#undef TILES_TO_2
#undef TILES_TO_6
#undef TILES_TO_12
#else
  (void)panels;
  // Where half of the panel is padding, as in an adapter of rank 16, that half is left out.
  const int halves = t->columns <= 16 ? 1 : 2;
#if TALLEST(1) > 2
  // Few rows read a panel's memory in one go.
  switch (mr) { TILE(1, 2, 0) TILE(2, 2, 0) }
  for (int skip = 0; mr > 2 && skip < halves; skip++) {
    switch (mr) { TILE(3, 1, skip) TILE(4, 1, skip) TILE(5, 1, skip) TILE(6, 1, skip) }
  }
#else
  for (int skip = 0; skip < halves; skip++) {
    switch (mr) { TILE(1, 1, skip) TILE(2, 1, skip) }
  }
#endif
#endif
#undef TILE
}

/// All rows against the same panels.
INLINE void NAME(rows_as)(
    nosce_type type, ptrdiff_t rows, const int panels, const NAME(packed_tile) * first) {
  NAME(packed_tile) tile = *first;
  const ptrdiff_t tiles = (rows + TALLEST(panels) - 1) / TALLEST(panels);
  // With enough rows, memory is idle but for the first tile: all of them fetch what comes next.
  // With fewer, the fetches would be in each other's way, and the processor's own run far enough
  // ahead in a panel that is read once, in order.
  ptrdiff_t lines = tile.fetch && rows >= 24 ? tile.lanes * panels * (PANEL / 16) : 0;
  tile.fetches = lines ? (4 * panels * (PANEL / 16) + tiles - 1) / tiles : 0;
  // Tiles of nearly equal heights, so that none is too low to keep the multipliers busy.
  for (ptrdiff_t left = tiles; left > 0; left--) {
    const ptrdiff_t mr = rows / left, fetched = tile.lanes / 4 * tile.fetches;
    NAME(tile_of)(type, mr, panels, &tile);
    tile.x += mr * tile.x_step;
    tile.y += mr * tile.y_step;
    rows -= mr;
    lines -= fetched;
    tile.fetch += 64 * (uintptr_t)fetched;
    if (lines <= 0) tile.fetches = 0;
  }
}

// Compiled once each, however many loops call them.
#define ROWS_BY(panels) \
  static __attribute__((noinline)) void NAME(rows_by_##panels)( \
      nosce_type type, ptrdiff_t rows, const NAME(packed_tile) * tile) { \
    if (NOSCE_PAIRS || type == nosce_bfloat16) \
      NAME(rows_as)(nosce_bfloat16, rows, panels, tile); \
    else \
      NAME(rows_as)(nosce_float32, rows, panels, tile); \
  }
ROWS_BY(1)
#if NOSCE_WIDE
ROWS_BY(2)
ROWS_BY(4)
#endif
#undef ROWS_BY

INLINE void NAME(rows_of)(
    nosce_type type, ptrdiff_t rows, ptrdiff_t panels, const NAME(packed_tile) * tile) {
#if NOSCE_WIDE
  if (panels == 4) return NAME(rows_by_4)(type, rows, tile);
  if (panels == 2) return NAME(rows_by_2)(type, rows, tile);
#endif
  (void)panels;
  NAME(rows_by_1)(type, rows, tile);
}

void NAME(packed_product)(
    nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const void *x,
    ptrdiff_t ldx, const void *packed, ptrdiff_t first, ptrdiff_t end, bool accumulate, float *y,
    ptrdiff_t ldy) {
  const bool pairs = type == nosce_bfloat16, odd = pairs && inputs % 2;
  const ptrdiff_t lanes = pairs ? (inputs + 1) / 2 : inputs, x_step = ldx * (pairs ? 2 : 4);
  const ptrdiff_t chunks = lanes > NOSCE_CHUNK ? (lanes + NOSCE_CHUNK - 1) / NOSCE_CHUNK : 1;
  // Few rows take several panels at once, or a sum would wait for itself.
  const ptrdiff_t group = !NOSCE_WIDE ? 1 : rows <= 2 ? 4 : rows <= 6 ? 2 : 1;
  // Rows that fit the cache with all their lanes let the weights be read in the order of memory.
  const bool in_order = rows * lanes * 4 <= ROW_BYTES / 2;
  const ptrdiff_t most = ROW_BYTES * chunks / (4 * lanes + 1) + 1;
  ptrdiff_t row = 0;
  for (ptrdiff_t left = (rows + most - 1) / most; left > 0; left--) {
    const ptrdiff_t some = (rows - row) / left;
    ptrdiff_t chunk = 0, panel = first;
    while (chunk < chunks && panel < end) {
      const ptrdiff_t from = lanes * chunk / chunks, to = lanes * (chunk + 1) / chunks;
      const ptrdiff_t remaining = end - panel;
      const ptrdiff_t panels = remaining >= group ? group : remaining >= 2 && group > 2 ? 2 : 1;
      NAME(packed_tile) tile = {
          .x = (const char *)x + row * x_step + 4 * from,
          .x_step = x_step,
          .panel = (const uint32_t *)packed + (panel * lanes + from) * PANEL,
          .panel_step = lanes * PANEL,
          .lanes = to - from - (odd && to == lanes),
          .odd = odd && to == lanes,
          .accumulate = accumulate || chunk > 0,
          .y = y + row * ldy + panel * PANEL,
          .y_step = ldy,
          .columns = outputs - panel * PANEL};
      if (in_order) {
        if (++chunk == chunks) chunk = 0, panel += panels;
      } else {
        panel += panels;
        if (panel == end) chunk++, panel = first;
      }
      if (chunk < chunks && panel < end) {
        tile.fetch = (uintptr_t)packed
            + 4 * PANEL * (uintptr_t)(panel * lanes + lanes * chunk / chunks);
      }
      NAME(rows_of)(type, some, panels, &tile);
    }
    row += some;
  }
}

#include "PackedRows.h"

#include "PackedGradient.h"

#undef PANEL
#undef UNROLL
#undef ROLLED
#undef ROW_BYTES
#undef TALLEST
