// Input gradients of packed weights. The panels lie the wrong way round for them, so two blocks of
// inputs at a time are turned around in scratch, a chunk of outputs each, and then serve all rows.
// Compiled once per instruction set, see Packed.h.

/// The square of one panel's outputs and one block's inputs, [lanes of inputs][PANEL], as
/// [lanes of outputs][PANEL]. Inputs that do not exist become zero. The square that lies `ahead`
/// bytes further is fetched on the way: what the processor fetches by itself ends with the page.
INLINE void NAME(turn)(
    nosce_type type, ptrdiff_t lanes, const uint32_t *square, uintptr_t ahead, uint32_t *target) {
  const int size = type == nosce_bfloat16 ? 8 : 16;
  for (int n = 0; n < 2; n++) {
    for (int k = 0; k < 2; k++) {
      v16 x[16];
      UNROLL for (int i = 0; i < size; i++) {
        const ptrdiff_t lane = size * k + i;
        const uint32_t *from = square + lane * PANEL + 16 * n;
        __builtin_prefetch((const void *)((uintptr_t)from + ahead), 0, 2);
        x[i] = lane < lanes ? NAME(lanes_at)(from) : splat(0);
      }
      if (type == nosce_bfloat16) {
        UNROLL for (int i = 0; i < 8; i++) x[i] = NAME(exchange_halves)(x[i]);
        NAME(turn_two_lanes)(x);
      } else {
        NAME(turn_lanes)(x);
      }
      UNROLL for (int i = 0; i < size; i++) {
        *(v16u *)(target + (size * n + i) * PANEL + 16 * k) = x[i];
      }
    }
  }
}

void NAME(packed_gradient)(
    nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const void *dy,
    ptrdiff_t lddy, const void *packed, ptrdiff_t first, ptrdiff_t end, bool accumulate, float *dx,
    ptrdiff_t lddx, void *scratch) {
  const bool pairs = type == nosce_bfloat16;
  // Lanes of the sum, which goes over outputs; of one panel's outputs; and of the inputs.
  const ptrdiff_t lanes = pairs ? (outputs + 1) / 2 : outputs, per_panel = pairs ? 16 : 32;
  const ptrdiff_t input_lanes = pairs ? (inputs + 1) / 2 : inputs;
  const ptrdiff_t panels = (outputs + PANEL - 1) / PANEL, most = NOSCE_CHUNK / per_panel;
  const uintptr_t ahead = 2 * PANEL * 4 * (uintptr_t)input_lanes;
  const ptrdiff_t chunks = panels > most ? (panels + most - 1) / most : 1;
  for (ptrdiff_t chunk = 0; chunk < chunks; chunk++) {
    const ptrdiff_t from = panels * chunk / chunks, to = panels * (chunk + 1) / chunks;
    const bool last = chunk + 1 == chunks, odd = last && pairs && outputs % 2;
    NAME(packed_tile) tile = {
        .x = (const char *)dy + 4 * from * per_panel,
        .x_step = lddy * (pairs ? 2 : 4),
        .panel = scratch,
        .panel_step = (to - from) * per_panel * PANEL,
        .lanes = (last ? lanes - odd : to * per_panel) - from * per_panel,
        .odd = odd,
        .accumulate = accumulate || chunk > 0,
        .y_step = lddx};
    for (ptrdiff_t block = first; block < end;) {
      const int some = NOSCE_WIDE && end - block >= 2 ? 2 : 1;
      for (ptrdiff_t p = from; p < to; p++) {
        for (int b = 0; b < some; b++) {
          const ptrdiff_t at = (block + b) * per_panel;
          const uint32_t *square = (const uint32_t *)packed + (p * input_lanes + at) * PANEL;
          uint32_t *target =
              (uint32_t *)scratch + b * tile.panel_step + (p - from) * per_panel * PANEL;
#if !NOSCE_PAIRS
          if (!pairs)
            NAME(turn)(nosce_float32, input_lanes - at, square, ahead, target);
          else
#endif
            NAME(turn)(nosce_bfloat16, input_lanes - at, square, ahead, target);
        }
      }
      tile.y = dx + block * PANEL;
      tile.columns = inputs - block * PANEL;
      NAME(rows_of)(type, rows, some, &tile);
      block += some;
    }
  }
}
