// The arithmetic of the engine: matrix products through oneDNN, and the fused kernels around them.
//
// Every matrix is row-major. `ld` is the distance between rows, in elements. "Rows" are token
// positions; a batch is a list of sequences laid end to end without padding between them.
// Nothing here allocates in the steady state, keeps global state, or starts a thread.

#ifndef NOSCE_KERNELS_H
#define NOSCE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The number format of a matrix product's inputs. Results and sums are always 32-bit floats.
typedef enum nosce_type { nosce_float32 = 0, nosce_bfloat16 = 1 } nosce_type;

/// Which body of the fused kernels runs. `nosce_best_level` is the processor's; tests compare them.
typedef enum nosce_level {
  nosce_scalar = 0,
  nosce_vector = 1,
  nosce_avx2 = 2,
  nosce_avx512 = 3
} nosce_level;

///
/// The environment variable NOSCE_MAX_ISA (`avx2`, `vector`, or `all`, which is also what nothing means)
/// keeps it to less, so that machines of several kinds compute the same bytes.
nosce_level nosce_best_level(void);

/// The most that NOSCE_MAX_ISA allows, whatever the processor has.
nosce_level nosce_allowed_level(void);

/// Whether this processor multiplies bfloat16 numbers in hardware.
bool nosce_has_bfloat16(void);

/// "2.6.3", as the linked oneDNN reports itself.
const char *nosce_dnnl_version(void);

// MARK: Matrix products

/// C[m,n] = op(A) op(B), or C += op(A) op(B). op(A) is m by k, op(B) is k by n; a transposed
/// operand is stored the other way round. Returns 0, or oneDNN's status code.
int nosce_matmul(
    nosce_type type, bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
    const void *a, ptrdiff_t lda, const void *b, ptrdiff_t ldb, bool accumulate, float *c,
    ptrdiff_t ldc);

/// The same by its definition, in double precision.
void nosce_matmul_reference(
    nosce_type type, bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
    const void *a, ptrdiff_t lda, const void *b, ptrdiff_t ldb, bool accumulate, float *c,
    ptrdiff_t ldc);

// MARK: Conversions and elementwise work

void nosce_to_bfloat16(nosce_level level, ptrdiff_t count, const float *source, uint16_t *target);
void nosce_from_bfloat16(ptrdiff_t count, const uint16_t *source, float *target);
void nosce_from_float16(ptrdiff_t count, const uint16_t *source, float *target);

/// target[r][c] = scale * source[r][c], stored as `type`. In place when the addresses agree.
void nosce_scale_rows(
    nosce_level level, ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t ld_source,
    float scale, nosce_type type, void *target, ptrdiff_t ld_target);

void nosce_add(nosce_level level, ptrdiff_t count, const float *source, float *target);

/// x *= factor.
void nosce_scale(nosce_level level, ptrdiff_t count, float factor, float *x);

/// x = cap * tanh(x / cap), the cap of a model's final logits.
void nosce_softcap(nosce_level level, ptrdiff_t count, float cap, float *x);

/// y[r] += bias.
void nosce_add_bias(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *bias, float *y, ptrdiff_t ld);

/// dbias += the sum of dy's rows, in row order.
void nosce_bias_gradient(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, nosce_type type, const void *dy,
    ptrdiff_t ld, float *dbias);

double nosce_sum_of_squares(nosce_level level, ptrdiff_t count, const float *values);

// MARK: Embedding

/// target[r] = table[tokens[r]].
void nosce_embedding_gather(
    ptrdiff_t rows, ptrdiff_t width, const float *table, const int32_t *tokens, float *target);

/// target[r] += table[ids[r]], for learned positions.
void nosce_embedding_add(
    ptrdiff_t rows, ptrdiff_t width, const float *table, const int32_t *ids, float *target);

/// table[tokens[r]] += source[r], in row order.
void nosce_embedding_scatter(
    ptrdiff_t rows, ptrdiff_t width, const float *source, const int32_t *tokens, float *table);

// MARK: RMSNorm

/// output[r] = weight * x[i] / rms(x[i]) with i = indices[r] (r itself when `indices` is null).
/// `copy`, when given, receives x; `inverse` receives 1 / rms.
void nosce_rmsnorm_forward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices,
    const float *weight, float epsilon, float *copy, nosce_type type, void *output, float *inverse);

/// dx[i] += the gradient, and dweight += its own where it is not null.
void nosce_rmsnorm_backward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices,
    const float *weight, const float *inverse, const float *doutput, float *dx, float *dweight);

/// y[r][g] = weight * x[r][g] / rms(x[r][g]) for each of a row's `groups` neighbouring parts of
/// `width` numbers, which share one weight: the norm of queries and keys, per head or (one group)
/// over all of them. `inverse` [rows, groups] receives 1 / rms. In place when the addresses agree.
void nosce_group_rmsnorm_forward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t groups, ptrdiff_t width, const float *x,
    ptrdiff_t ld_x, const float *weight, float epsilon, float *y, ptrdiff_t ld_y, float *inverse);

/// dx = the gradient, or += with `accumulate`; dweight += its own where it is not null. `x` is the
/// forward pass's input. Without `accumulate`, dx may be dy itself.
void nosce_group_rmsnorm_backward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t groups, ptrdiff_t width, const float *x,
    ptrdiff_t ld_x, const float *weight, const float *inverse, const float *dy, ptrdiff_t ld_dy,
    bool accumulate, float *dx, ptrdiff_t ld_dx, float *dweight);

/// output[r] = residual[r] + weight * t[r] / rms(t[r]), for models that norm a block's result
/// before adding it. `output` may be `residual` itself; `inverse` receives 1 / rms.
void nosce_postnorm_forward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *t, const float *weight,
    float epsilon, const float *residual, float *output, float *inverse);

/// dt = the gradient of t, stored as `type`; dweight += its own where it is not null. The
/// residual's gradient is doutput itself.
void nosce_postnorm_backward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *t, const float *weight,
    const float *inverse, const float *doutput, nosce_type type, void *dt, float *dweight);

// MARK: LayerNorm

/// output[r] = weight * (x[i] - mean) / deviation + bias with i = indices[r] (r itself when
/// `indices` is null), without the bias where it is null. `copy`, when given, receives x; `mean`
/// and `inverse` receive the row's mean and 1 / sqrt(variance + epsilon).
void nosce_layernorm_forward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices,
    const float *weight, const float *bias, float epsilon, float *copy, nosce_type type,
    void *output, float *mean, float *inverse);

/// dx[i] += the gradient; dweight and dbias += theirs where they are not null.
void nosce_layernorm_backward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices,
    const float *weight, const float *mean, const float *inverse, const float *doutput, float *dx,
    float *dweight, float *dbias);

// MARK: Rotary positions

/// Turns, of each head's `size` channels, the first `rotated` (even): the pairs
/// (j, j + rotated/2) by the angle of the row's position. `table` holds, per position, rotated/2
/// cosines and then rotated/2 sines. `sign` -1 turns back (the gradient).
void nosce_rotary(
    nosce_level level, ptrdiff_t rows, const int32_t *positions, ptrdiff_t heads, ptrdiff_t size,
    ptrdiff_t rotated, const float *table, float sign, float *x, ptrdiff_t ld);

// MARK: Attention

#include "NosceAttention.h"

// MARK: Activations

/// x * sigmoid(x); GELU by the tanh formula, x / 2 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)));
/// and GELU by its definition, x / 2 * (1 + erf(x / sqrt(2))).
typedef enum nosce_activation {
  nosce_silu = 0,
  nosce_gelu_tanh = 1,
  nosce_gelu_erf = 2
} nosce_activation;

/// output = activation(gate) * up, where a row of `gate_up` is [gate | up].
void nosce_gated_forward(
    nosce_level level, nosce_activation activation, ptrdiff_t rows, ptrdiff_t width,
    const float *gate_up, nosce_type type, void *output);

/// dgate_up from doutput; also recomputes the output, which the weight gradient needs, unless it is
/// null.
void nosce_gated_backward(
    nosce_level level, nosce_activation activation, ptrdiff_t rows, ptrdiff_t width,
    const float *gate_up, const float *doutput, nosce_type type, void *dgate_up, void *output);

/// output = activation(x).
void nosce_activation_forward(
    nosce_level level, nosce_activation activation, ptrdiff_t count, const float *x,
    nosce_type type, void *output);

/// dx from doutput; also recomputes the output unless it is null.
void nosce_activation_backward(
    nosce_level level, nosce_activation activation, ptrdiff_t count, const float *x,
    const float *doutput, nosce_type type, void *dx, void *output);

// MARK: Loss

/// The sum over rows of -log softmax(logits)[target]; `dlogits` (may be `logits` itself for
/// float32) receives scale * (softmax - one-hot), rows given as negative targets receive zero.
/// Where `cap` is not 0, the logits are capped first (nosce_softcap) and `dlogits` is the gradient
/// of the raw ones. Leaves other numbers in `logits`.
double nosce_cross_entropy(
    nosce_level level, ptrdiff_t rows, ptrdiff_t vocabulary, float cap, float *logits,
    const int32_t *targets, float scale, nosce_type type, void *dlogits);

/// result[r] = log softmax(logits[r])[tokens[r]].
void nosce_log_probabilities(
    nosce_level level, ptrdiff_t rows, ptrdiff_t vocabulary, const float *logits,
    const int32_t *tokens, float *result);

/// The token at which the running sum of softmax(logits / temperature) passes `uniform` in [0, 1):
/// the smallest t with p(0) + ... + p(t) > uniform, up to the rounding of the sums, and always one
/// with p(t) > 0. Where rounding leaves the whole sum unpassed, the last token with p > 0.
/// Temperature 0 takes the largest logit, the first of equals. `scratch` holds `vocabulary` floats.
int32_t nosce_sample(
    nosce_level level, ptrdiff_t vocabulary, const float *logits, float temperature, float uniform,
    float *scratch);

// MARK: Optimizer

typedef struct nosce_adamw {
  float learning_rate, beta1, beta2, epsilon, weight_decay;
  float gradient_scale;  ///< from clipping, 1 otherwise
  float correction1, correction2;  ///< 1 - beta^step
} nosce_adamw;

/// One decoupled-decay Adam step; `rounded`, when given, receives the new weights as bfloat16.
void nosce_adamw_step(
    nosce_level level, const nosce_adamw *settings, ptrdiff_t count, float *weights,
    const float *gradients, float *mean, float *variance, uint16_t *rounded);

#ifdef __cplusplus
}
#endif

#include "NosceBlocks.h"
#include "NoscePacked.h"
#include "NosceThreads.h"

#endif
