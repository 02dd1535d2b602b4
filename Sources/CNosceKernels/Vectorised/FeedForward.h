// The gated activation between the two feed-forward products.
// Compiled once per instruction set, see Kernels.h.

INLINE void NAME(swiglu_forward_rows)(
    ptrdiff_t rows, ptrdiff_t width, const float *gate_up, nosce_type type, void *output) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *gate = gate_up + 2 * r * width, *up = gate + width;
    EACH_16(width, {
      const v16 g = load_some(gate + i, n);
      const v16 sigmoid = splat(1) / (splat(1) + exponential(-g));
      store_as(type, output, r * width + i, g * sigmoid * load_some(up + i, n), n);
    })
  }
}

void NAME(swiglu_forward)(
    ptrdiff_t rows, ptrdiff_t width, const float *gate_up, nosce_type type, void *output) {
  if (type == nosce_float32) {
    NAME(swiglu_forward_rows)(rows, width, gate_up, nosce_float32, output);
  } else {
    NAME(swiglu_forward_rows)(rows, width, gate_up, nosce_bfloat16, output);
  }
}

INLINE void NAME(swiglu_backward_rows)(
    ptrdiff_t rows, ptrdiff_t width, const float *gate_up, const float *doutput, nosce_type type,
    void *dgate_up, void *output) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *gate = gate_up + 2 * r * width, *up = gate + width, *dy = doutput + r * width;
    EACH_16(width, {
      const v16 g = load_some(gate + i, n), u = load_some(up + i, n), d = load_some(dy + i, n);
      const v16 sigmoid = splat(1) / (splat(1) + exponential(-g));
      const v16 silu = g * sigmoid;
      if (output) store_as(type, output, r * width + i, silu * u, n);
      const v16 slope = sigmoid + silu * (splat(1) - sigmoid);
      store_as(type, dgate_up, 2 * r * width + i, d * u * slope, n);
      store_as(type, dgate_up, 2 * r * width + width + i, d * silu, n);
    })
  }
}

void NAME(swiglu_backward)(
    ptrdiff_t rows, ptrdiff_t width, const float *gate_up, const float *doutput, nosce_type type,
    void *dgate_up, void *output) {
  if (type == nosce_float32) {
    NAME(swiglu_backward_rows)(rows, width, gate_up, doutput, nosce_float32, dgate_up, output);
  } else {
    NAME(swiglu_backward_rows)(rows, width, gate_up, doutput, nosce_bfloat16, dgate_up, output);
  }
}
