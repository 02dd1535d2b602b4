// The optimizer's step.
// Compiled once per instruction set, see Kernels.h.

void NAME(adamw_step)(
    const nosce_adamw *settings, ptrdiff_t count, float *weights, const float *gradients,
    float *mean, float *variance, uint16_t *rounded_weights) {
  const v16 beta1 = splat(settings->beta1), rest1 = splat(1 - settings->beta1);
  const v16 beta2 = splat(settings->beta2), rest2 = splat(1 - settings->beta2);
  const v16 keep = splat(1 - settings->learning_rate * settings->weight_decay);
  const v16 rate = splat(settings->learning_rate / settings->correction1);
  const v16 inverse_root = splat(1.0f / __builtin_sqrtf(settings->correction2));
  const v16 epsilon = splat(settings->epsilon), scale = splat(settings->gradient_scale);
  EACH_16(count, {
    const v16 g = load_some(gradients + i, n) * scale;
    const v16 m = load_some(mean + i, n) * beta1 + g * rest1;
    const v16 v = load_some(variance + i, n) * beta2 + (g * g) * rest2;
    store_some(mean + i, m, n);
    store_some(variance + i, v, n);
    const v16 w = load_some(weights + i, n) * keep
        - rate * (m / (__builtin_elementwise_sqrt(v) * inverse_root + epsilon));
    store_some(weights + i, w, n);
    if (rounded_weights) store_as(nosce_bfloat16, rounded_weights, i, w, n);
  })
}
