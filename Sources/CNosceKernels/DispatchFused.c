// Chooses the compilation of each fused kernel that a level asks for.

#include "Dispatch.h"

// MARK: Norms and rotary positions

KERNEL(
    void, rmsnorm_forward,
    (ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
     float epsilon, float *copy, nosce_type type, void *output, float *inverse),
    (rows, width, x, indices, weight, epsilon, copy, type, output, inverse))

KERNEL(
    void, rmsnorm_backward,
    (ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
     const float *inverse, const float *doutput, float *dx, float *dweight),
    (rows, width, x, indices, weight, inverse, doutput, dx, dweight))

KERNEL(
    void, group_rmsnorm_forward,
    (ptrdiff_t rows, ptrdiff_t groups, ptrdiff_t width, const float *x, ptrdiff_t ld_x,
     const float *weight, float epsilon, float *y, ptrdiff_t ld_y, float *inverse),
    (rows, groups, width, x, ld_x, weight, epsilon, y, ld_y, inverse))

KERNEL(
    void, group_rmsnorm_backward,
    (ptrdiff_t rows, ptrdiff_t groups, ptrdiff_t width, const float *x, ptrdiff_t ld_x,
     const float *weight, const float *inverse, const float *dy, ptrdiff_t ld_dy, bool accumulate,
     float *dx, ptrdiff_t ld_dx, float *dweight),
    (rows, groups, width, x, ld_x, weight, inverse, dy, ld_dy, accumulate, dx, ld_dx, dweight))

KERNEL(
    void, postnorm_forward,
    (ptrdiff_t rows, ptrdiff_t width, const float *t, const float *weight, float epsilon,
     const float *residual, float *output, float *inverse),
    (rows, width, t, weight, epsilon, residual, output, inverse))

KERNEL(
    void, postnorm_backward,
    (ptrdiff_t rows, ptrdiff_t width, const float *t, const float *weight, const float *inverse,
     const float *doutput, nosce_type type, void *dt, float *dweight),
    (rows, width, t, weight, inverse, doutput, type, dt, dweight))

KERNEL(
    void, layernorm_forward,
    (ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
     const float *bias, float epsilon, float *copy, nosce_type type, void *output, float *mean,
     float *inverse),
    (rows, width, x, indices, weight, bias, epsilon, copy, type, output, mean, inverse))

KERNEL(
    void, layernorm_backward,
    (ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight,
     const float *mean, const float *inverse, const float *doutput, float *dx, float *dweight,
     float *dbias),
    (rows, width, x, indices, weight, mean, inverse, doutput, dx, dweight, dbias))

KERNEL(
    void, rotary,
    (ptrdiff_t rows, const int32_t *positions, ptrdiff_t heads, ptrdiff_t size, ptrdiff_t rotated,
     const float *table, float sign, float *x, ptrdiff_t ld),
    (rows, positions, heads, size, rotated, table, sign, x, ld))

// MARK: Attention

KERNEL(
    int, attention_forward,
    (const nosce_attention *shape, float *output, float *log_sums),
    (shape, output, log_sums))

KERNEL(
    int, attention_backward,
    (const nosce_attention *shape, const float *output, const float *log_sums, const float *doutput,
     float *dqkv),
    (shape, output, log_sums, doutput, dqkv))

KERNEL(
    void, cached_attention_forward,
    (const nosce_cached_attention *shape, float *output, ptrdiff_t ld_output),
    (shape, output, ld_output))

// MARK: Activations

KERNEL(
    void, gated_forward,
    (nosce_activation activation, ptrdiff_t rows, ptrdiff_t width, const float *gate_up,
     nosce_type type, void *output),
    (activation, rows, width, gate_up, type, output))

KERNEL(
    void, gated_backward,
    (nosce_activation activation, ptrdiff_t rows, ptrdiff_t width, const float *gate_up,
     const float *doutput, nosce_type type, void *dgate_up, void *output),
    (activation, rows, width, gate_up, doutput, type, dgate_up, output))

KERNEL(
    void, activation_forward,
    (nosce_activation activation, ptrdiff_t count, const float *x, nosce_type type, void *output),
    (activation, count, x, type, output))

KERNEL(
    void, activation_backward,
    (nosce_activation activation, ptrdiff_t count, const float *x, const float *doutput,
     nosce_type type, void *dx, void *output),
    (activation, count, x, doutput, type, dx, output))

// MARK: Vocabulary

KERNEL(
    double, cross_entropy,
    (ptrdiff_t rows, ptrdiff_t vocabulary, float cap, float *logits, const int32_t *targets,
     float scale, nosce_type type, void *dlogits),
    (rows, vocabulary, cap, logits, targets, scale, type, dlogits))

KERNEL(
    void, log_probabilities,
    (ptrdiff_t rows, ptrdiff_t vocabulary, const float *logits, const int32_t *tokens,
     float *result),
    (rows, vocabulary, logits, tokens, result))

KERNEL(
    int32_t, sample,
    (ptrdiff_t vocabulary, const float *logits, float temperature, float uniform, float *scratch),
    (vocabulary, logits, temperature, uniform, scratch))

// MARK: Optimizer and elementwise work

KERNEL(
    void, adamw_step,
    (const nosce_adamw *settings, ptrdiff_t count, float *weights, const float *gradients,
     float *mean, float *variance, uint16_t *rounded),
    (settings, count, weights, gradients, mean, variance, rounded))

KERNEL(
    void, to_bfloat16,
    (ptrdiff_t count, const float *source, uint16_t *target),
    (count, source, target))

KERNEL(
    void, scale_rows,
    (ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t ld_source, float scale,
     nosce_type type, void *target, ptrdiff_t ld_target),
    (rows, columns, source, ld_source, scale, type, target, ld_target))

KERNEL(
    void, add,
    (ptrdiff_t count, const float *source, float *target),
    (count, source, target))

KERNEL(
    void, softcap,
    (ptrdiff_t count, float cap, float *x),
    (count, cap, x))

KERNEL(
    void, add_bias,
    (ptrdiff_t rows, ptrdiff_t width, const float *bias, float *y, ptrdiff_t ld),
    (rows, width, bias, y, ld))

KERNEL(
    void, bias_gradient,
    (ptrdiff_t rows, ptrdiff_t width, nosce_type type, const void *dy, ptrdiff_t ld, float *dbias),
    (rows, width, type, dy, ld, dbias))

KERNEL(
    double, sum_of_squares,
    (ptrdiff_t count, const float *values),
    (count, values))
