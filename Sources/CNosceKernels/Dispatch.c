// Chooses the compilation of each kernel that a level asks for.

#include "Internal.h"

nosce_level nosce_best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return nosce_avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return nosce_avx2;
#endif
  return nosce_vector;
}

bool nosce_has_bfloat16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

#if defined(__x86_64__)
#define CHOOSE(level, name, ...) \
  switch (level) { \
    case nosce_scalar: \
      return nosce_##name##_scalar(__VA_ARGS__); \
    case nosce_avx2: \
      return nosce_##name##_avx2(__VA_ARGS__); \
    case nosce_avx512: \
      return nosce_##name##_avx512(__VA_ARGS__); \
    default: \
      return nosce_##name##_vector(__VA_ARGS__); \
  }
#define DECLARE(result, name, ...) \
  result nosce_##name##_scalar(__VA_ARGS__); \
  result nosce_##name##_vector(__VA_ARGS__); \
  result nosce_##name##_avx2(__VA_ARGS__); \
  result nosce_##name##_avx512(__VA_ARGS__);
#else
#define CHOOSE(level, name, ...) \
  switch (level) { \
    case nosce_scalar: \
      return nosce_##name##_scalar(__VA_ARGS__); \
    default: \
      return nosce_##name##_vector(__VA_ARGS__); \
  }
#define DECLARE(result, name, ...) \
  result nosce_##name##_scalar(__VA_ARGS__); \
  result nosce_##name##_vector(__VA_ARGS__);
#endif

DECLARE(
    void, rmsnorm_forward, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices,
    const float *weight, float epsilon, float *copy, nosce_type type, void *output, float *inverse)
void nosce_rmsnorm_forward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices,
    const float *weight, float epsilon, float *copy, nosce_type type, void *output,
    float *inverse){CHOOSE(
    level, rmsnorm_forward, rows, width, x, indices, weight, epsilon, copy, type, output, inverse)}

DECLARE(void, rmsnorm_backward, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices, const float *weight, const float *inverse, const float *doutput, float *dx, float *dweight) void nosce_rmsnorm_backward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *x, const int32_t *indices,
    const float *weight, const float *inverse, const float *doutput, float *dx, float *dweight){
    CHOOSE(level, rmsnorm_backward, rows, width, x, indices, weight, inverse, doutput, dx, dweight)}

DECLARE(void, rotary, ptrdiff_t rows, const int32_t *positions, ptrdiff_t heads, ptrdiff_t size, const float *table, float sign, float *x, ptrdiff_t ld) void nosce_rotary(
    nosce_level level, ptrdiff_t rows, const int32_t *positions, ptrdiff_t heads, ptrdiff_t size,
    const float *table, float sign, float *x,
    ptrdiff_t ld){CHOOSE(level, rotary, rows, positions, heads, size, table, sign, x, ld)}

DECLARE(int, attention_forward, const nosce_attention *shape, float *output, float *log_sums) int nosce_attention_forward(
    nosce_level level, const nosce_attention *shape, float *output,
    float *log_sums){CHOOSE(level, attention_forward, shape, output, log_sums)}

DECLARE(int, attention_backward, const nosce_attention *shape, const float *output, const float *log_sums, const float *doutput, float *dqkv) int nosce_attention_backward(
    nosce_level level, const nosce_attention *shape, const float *output, const float *log_sums,
    const float *doutput,
    float *dqkv){CHOOSE(level, attention_backward, shape, output, log_sums, doutput, dqkv)}

DECLARE(void, swiglu_forward, ptrdiff_t rows, ptrdiff_t width, const float *gate_up, nosce_type type, void *output) void nosce_swiglu_forward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *gate_up, nosce_type type,
    void *output){CHOOSE(level, swiglu_forward, rows, width, gate_up, type, output)}

DECLARE(void, swiglu_backward, ptrdiff_t rows, ptrdiff_t width, const float *gate_up, const float *doutput, nosce_type type, void *dgate_up, void *output) void nosce_swiglu_backward(
    nosce_level level, ptrdiff_t rows, ptrdiff_t width, const float *gate_up, const float *doutput,
    nosce_type type, void *dgate_up, void *output){
    CHOOSE(level, swiglu_backward, rows, width, gate_up, doutput, type, dgate_up, output)}

DECLARE(double, cross_entropy, ptrdiff_t rows, ptrdiff_t vocabulary, float *logits, const int32_t *targets, float scale, nosce_type type, void *dlogits) double nosce_cross_entropy(
    nosce_level level, ptrdiff_t rows, ptrdiff_t vocabulary, float *logits, const int32_t *targets,
    float scale, nosce_type type, void *dlogits){
    CHOOSE(level, cross_entropy, rows, vocabulary, logits, targets, scale, type, dlogits)}

DECLARE(
    void, log_probabilities, ptrdiff_t rows, ptrdiff_t vocabulary, const float *logits, const int32_t *tokens, float *result) void nosce_log_probabilities(nosce_level level, ptrdiff_t rows, ptrdiff_t vocabulary, const float *logits, const int32_t *tokens, float *result){
    CHOOSE(level, log_probabilities, rows, vocabulary, logits, tokens, result)}

DECLARE(
    int32_t, sample, ptrdiff_t vocabulary, const float *logits, float temperature, float uniform,
    float *scratch) int32_t
    nosce_sample(
        nosce_level level, ptrdiff_t vocabulary, const float *logits, float temperature,
        float uniform,
        float *scratch){CHOOSE(level, sample, vocabulary, logits, temperature, uniform, scratch)}

DECLARE(void, adamw_step, const nosce_adamw *settings, ptrdiff_t count, float *weights, const float *gradients, float *mean, float *variance, uint16_t *rounded) void nosce_adamw_step(
    nosce_level level, const nosce_adamw *settings, ptrdiff_t count, float *weights,
    const float *gradients, float *mean, float *variance, uint16_t *rounded){
    CHOOSE(level, adamw_step, settings, count, weights, gradients, mean, variance, rounded)}

DECLARE(void, to_bfloat16, ptrdiff_t count, const float *source, uint16_t *target) void nosce_to_bfloat16(
    nosce_level level, ptrdiff_t count, const float *source,
    uint16_t *target){CHOOSE(level, to_bfloat16, count, source, target)}

DECLARE(
    void, scale_rows, ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t ld_source,
    float scale, nosce_type type,
    void *target, ptrdiff_t ld_target) void nosce_scale_rows(nosce_level level, ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t ld_source, float scale, nosce_type type, void *target, ptrdiff_t ld_target){
    CHOOSE(level, scale_rows, rows, columns, source, ld_source, scale, type, target, ld_target)}

DECLARE(void, add, ptrdiff_t count, const float *source, float *target) void nosce_add(
    nosce_level level, ptrdiff_t count, const float *source,
    float *target){CHOOSE(level, add, count, source, target)}

DECLARE(double, sum_of_squares, ptrdiff_t count, const float *values) double nosce_sum_of_squares(
    nosce_level level, ptrdiff_t count,
    const float *values){CHOOSE(level, sum_of_squares, count, values)}

DECLARE(void, cached_attention_forward, const nosce_cached_attention *shape, float *output, ptrdiff_t ld_output) void nosce_cached_attention_forward(
    nosce_level level, const nosce_cached_attention *shape, float *output,
    ptrdiff_t ld_output){CHOOSE(level, cached_attention_forward, shape, output, ld_output)}

DECLARE(void, packed_matmul, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const float *x, ptrdiff_t ldx, const void *packed, bool accumulate, float *y, ptrdiff_t ldy) void nosce_packed_matmul(
    nosce_level level, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs,
    const float *x, ptrdiff_t ldx, const void *packed, bool accumulate, float *y, ptrdiff_t ldy) {
  CHOOSE(level, packed_matmul, type, rows, outputs, inputs, x, ldx, packed, accumulate, y, ldy)
}
