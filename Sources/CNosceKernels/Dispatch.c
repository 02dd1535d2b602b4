// What the processor can do, and the compilation of row-independent products that a level asks for.

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

DECLARE(void, packed_matmul, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs, const float *x, ptrdiff_t ldx, const void *packed, bool accumulate, float *y, ptrdiff_t ldy) void nosce_packed_matmul(
    nosce_level level, nosce_type type, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs,
    const float *x, ptrdiff_t ldx, const void *packed, bool accumulate, float *y, ptrdiff_t ldy) {
  CHOOSE(level, packed_matmul, type, rows, outputs, inputs, x, ldx, packed, accumulate, y, ldy)
}
