// The feed-forward network's activations, gated by a second product or not.
// Compiled once per instruction set, see Kernels.h.
//
// `activation` and `type` are constants after inlining.

/// The activation of x, and where `slope` is given its derivative. The error is at most 1e-6 of the
/// larger of |x| and 1.
INLINE v16 NAME(activated)(nosce_activation activation, v16 x, v16 *slope) {
  if (activation == nosce_silu) {
    const v16 sigmoid = splat(1) / (splat(1) + exponential(-x));
    const v16 silu = x * sigmoid;
    if (slope) *slope = sigmoid + silu * (splat(1) - sigmoid);
    return silu;
  }
  if (activation == nosce_gelu_tanh) {
    // (1 + tanh(u)) / 2 is the sigmoid of 2u. Beyond 16 it is 0 or 1, and x^3 must not overflow.
    v16 near = x > splat(16) ? splat(16) : x;
    near = near < splat(-16) ? splat(-16) : near;
    const v16 square = near * near;
    const v16 outer = splat(-1.5957691216057308f) * near;
    const v16 e = exponential(outer * (splat(1) + splat(0.044715f) * square));
    const v16 sigmoid = splat(1) / (splat(1) + e);
    const v16 gelu = x * sigmoid;
    // 1 - sigmoid is e * sigmoid, which loses no digits.
    if (slope) {
      const v16 inner = -outer * (splat(1) + splat(0.134145f) * square);
      *slope = sigmoid + inner * (sigmoid * (e * sigmoid));
    }
    return gelu;
  }
  v16 bell;
  const v16 tail = normal_tail(x, &bell);
  const v16 below = x < splat(0) ? tail : splat(1) - tail;
  // The bell is 0 where x is large; an infinite x must not make 0 * infinity of it.
  if (slope) *slope = below + (bell > splat(0) ? x * bell * splat(0.3989422804014327f) : splat(0));
  return x * below;
}

// Calls a function of constant activation and type.
#define WITH_ACTIVATION(function, ...) \
  if (activation == nosce_silu) { \
    WITH_TYPE(function, nosce_silu, __VA_ARGS__) \
  } else if (activation == nosce_gelu_tanh) { \
    WITH_TYPE(function, nosce_gelu_tanh, __VA_ARGS__) \
  } else { \
    WITH_TYPE(function, nosce_gelu_erf, __VA_ARGS__) \
  }
#define WITH_TYPE(function, ...) \
  if (type == nosce_float32) { \
    NAME(function)(nosce_float32, __VA_ARGS__); \
  } else { \
    NAME(function)(nosce_bfloat16, __VA_ARGS__); \
  }

INLINE void NAME(gated_forward_rows)(
    nosce_type type, nosce_activation activation, ptrdiff_t rows, ptrdiff_t width,
    const float *gate_up, void *output) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *gate = gate_up + 2 * r * width, *up = gate + width;
    EACH_16(width, {
      const v16 a = NAME(activated)(activation, load_some(gate + i, n), NULL);
      store_as(type, output, r * width + i, a * load_some(up + i, n), n);
    })
  }
}

void NAME(gated_forward)(
    nosce_activation activation, ptrdiff_t rows, ptrdiff_t width, const float *gate_up,
    nosce_type type, void *output) {
  WITH_ACTIVATION(gated_forward_rows, rows, width, gate_up, output)
}

INLINE void NAME(gated_backward_rows)(
    nosce_type type, nosce_activation activation, ptrdiff_t rows, ptrdiff_t width,
    const float *gate_up, const float *doutput, void *dgate_up, void *output) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *gate = gate_up + 2 * r * width, *up = gate + width, *dy = doutput + r * width;
    EACH_16(width, {
      const v16 u = load_some(up + i, n), d = load_some(dy + i, n);
      v16 slope;
      const v16 a = NAME(activated)(activation, load_some(gate + i, n), &slope);
      if (output) store_as(type, output, r * width + i, a * u, n);
      store_as(type, dgate_up, 2 * r * width + i, d * u * slope, n);
      store_as(type, dgate_up, 2 * r * width + width + i, d * a, n);
    })
  }
}

void NAME(gated_backward)(
    nosce_activation activation, ptrdiff_t rows, ptrdiff_t width, const float *gate_up,
    const float *doutput, nosce_type type, void *dgate_up, void *output) {
  WITH_ACTIVATION(gated_backward_rows, rows, width, gate_up, doutput, dgate_up, output)
}

INLINE void NAME(activation_forward_all)(
    nosce_type type, nosce_activation activation, ptrdiff_t count, const float *x, void *output) {
  EACH_16(count, {
    store_as(type, output, i, NAME(activated)(activation, load_some(x + i, n), NULL), n);
  })
}

void NAME(activation_forward)(
    nosce_activation activation, ptrdiff_t count, const float *x, nosce_type type, void *output) {
  WITH_ACTIVATION(activation_forward_all, count, x, output)
}

INLINE void NAME(activation_backward_all)(
    nosce_type type, nosce_activation activation, ptrdiff_t count, const float *x,
    const float *doutput, void *dx, void *output) {
  EACH_16(count, {
    v16 slope;
    const v16 a = NAME(activated)(activation, load_some(x + i, n), &slope);
    store_as(type, dx, i, load_some(doutput + i, n) * slope, n);
    if (output) store_as(type, output, i, a, n);
  })
}

void NAME(activation_backward)(
    nosce_activation activation, ptrdiff_t count, const float *x, const float *doutput,
    nosce_type type, void *dx, void *output) {
  WITH_ACTIVATION(activation_backward_all, count, x, doutput, dx, output)
}

#undef WITH_ACTIVATION
#undef WITH_TYPE
