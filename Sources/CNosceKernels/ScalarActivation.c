// Activations by their definitions, one number at a time with sums in double precision.

#include "Scalar.h"

/// An activation and its derivative at x.
typedef struct activated {
  double value, slope;
} activated;

static activated apply(nosce_activation activation, double x) {
  switch (activation) {
    case nosce_silu: {
      const double sigmoid = 1 / (1 + exp(-x));
      return (activated){x * sigmoid, sigmoid + x * sigmoid * (1 - sigmoid)};
    }
    case nosce_gelu_tanh: {
      const double factor = sqrt(2 / acos(-1));
      const double t = tanh(factor * (x + 0.044715 * x * x * x));
      const double inner = factor * (1 + 3 * 0.044715 * x * x);
      // Far out, 1 - t^2 is exactly 0 before `inner` overflows.
      const double bend = t * t < 1 ? x / 2 * (1 - t * t) * inner : 0;
      return (activated){x / 2 * (1 + t), (1 + t) / 2 + bend};
    }
    case nosce_gelu_erf: {
      const double below = erfc(-x / sqrt(2)) / 2;
      return (activated){x * below, below + x * exp(-x * x / 2) / sqrt(2 * acos(-1))};
    }
  }
  return (activated){NAN, NAN};
}

void nosce_gated_forward_scalar(
    nosce_activation activation, ptrdiff_t rows, ptrdiff_t width, const float *gate_up,
    nosce_type type, void *output) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < width; i++) {
      const float *gate = gate_up + 2 * r * width + i;
      put(type, output, r * width + i, apply(activation, *gate).value * gate[width]);
    }
  }
}

void nosce_gated_backward_scalar(
    nosce_activation activation, ptrdiff_t rows, ptrdiff_t width, const float *gate_up,
    const float *doutput, nosce_type type, void *dgate_up, void *output) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < width; i++) {
      const double up = gate_up[(2 * r + 1) * width + i], d = doutput[r * width + i];
      const activated a = apply(activation, gate_up[2 * r * width + i]);
      if (output) put(type, output, r * width + i, a.value * up);
      put(type, dgate_up, 2 * r * width + i, d * up * a.slope);
      put(type, dgate_up, (2 * r + 1) * width + i, d * a.value);
    }
  }
}

void nosce_activation_forward_scalar(
    nosce_activation activation, ptrdiff_t count, const float *x, nosce_type type, void *output) {
  for (ptrdiff_t i = 0; i < count; i++) put(type, output, i, apply(activation, x[i]).value);
}

void nosce_activation_backward_scalar(
    nosce_activation activation, ptrdiff_t count, const float *x, const float *doutput,
    nosce_type type, void *dx, void *output) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const activated a = apply(activation, x[i]);
    const double d = doutput[i];
    if (output) put(type, output, i, a.value);
    put(type, dx, i, d * a.slope);
  }
}
