// Loops that do nothing but multiply and add, or nothing but read.

#include "CNosceBench.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

/// What NOSCE_MAX_ISA leaves: the limits are those of the instructions that are used.
static bool allows(const char *set) {
  const char *most = getenv("NOSCE_MAX_ISA");
  if (!most || !*most || strcmp(most, "all") == 0) return true;
  return strcmp(most, "avx2") == 0 && strcmp(set, "avx2") == 0;
}
#endif

// So many sums in flight cover the latency of a core's multiply-add units and fit into its
// registers: two units of four cycles on x86-64, four units of four cycles on Apple's arm64.
#if defined(__x86_64__)
enum { sums = 12 };
#else
enum { sums = 16 };
#endif

// Every sum starts a little off, or the compiler would see that they are all the same.
#define FLOAT32_LOOP(name, lanes, attributes) \
  typedef float name##_vector __attribute__((ext_vector_type(lanes))); \
  attributes static double name(long rounds, float *mean) { \
    _Pragma("clang fp contract(fast)") name##_vector x[sums]; \
    for (int i = 0; i < sums; i++) x[i] = (name##_vector)((float)i * 1e-7f); \
    const name##_vector half = (name##_vector)0.5f; \
    for (long round = 0; round < rounds; round++) { \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < sums; i++) \
        x[i] = x[i] * half + half; \
    } \
    name##_vector total = (name##_vector)0.0f; \
    for (int i = 0; i < sums; i++) total += x[i]; \
    float sum = 0; \
    for (int lane = 0; lane < lanes; lane++) sum += total[lane]; \
    *mean = sum / (sums * lanes); \
    return 2.0 * sums * lanes * (double)rounds; \
  }

// Eight vectors a turn, each into its own sum.
#define READ_LOOP(name, lanes, attributes) \
  typedef float name##_vector __attribute__((ext_vector_type(lanes))); \
  attributes static double name(const float *values, ptrdiff_t count, long passes, float *sum) { \
    name##_vector x[8]; \
    for (int i = 0; i < 8; i++) x[i] = (name##_vector)0.0f; \
    for (long pass = 0; pass < passes; pass++) { \
      const name##_vector *from = (const name##_vector *)values; \
      const name##_vector *const end = (const name##_vector *)(values + count); \
      for (; from < end; from += 8) { \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++) x[i] += from[i]; \
      } \
      /* The next pass has to read again. */ \
      __asm__ volatile("" ::: "memory"); \
    } \
    for (int i = 1; i < 8; i++) x[0] += x[i]; \
    *sum = 0; \
    for (int lane = 0; lane < lanes; lane++) *sum += x[0][lane]; \
    return (double)passes * (double)count * sizeof(float); \
  }

FLOAT32_LOOP(float32_default, 4, )
READ_LOOP(read_default, 4, )

#if defined(__x86_64__)
FLOAT32_LOOP(float32_avx2, 8, __attribute__((target("avx2,fma"))))
FLOAT32_LOOP(float32_avx512, 16, __attribute__((target("avx512f"))))
READ_LOOP(read_avx2, 8, __attribute__((target("avx2,fma"))))
READ_LOOP(read_avx512, 16, __attribute__((target("avx512f"))))

__attribute__((target("avx512f,avx512bf16"))) static double bfloat16_avx512(
    long rounds, float *mean) {
  __m512 x[sums];
  for (int i = 0; i < sums; i++) x[i] = _mm512_set1_ps((float)i * 1e-7f);
  // 1 in bfloat16, hidden from the compiler, which could otherwise count the rounds itself.
  int ones = 0x3F803F80;
  __asm__ volatile("" : "+r"(ones));
  const __m512bh one = (__m512bh)_mm512_set1_epi32(ones);
  for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < sums; i++) x[i] = _mm512_dpbf16_ps(x[i], one, one);
  }
  __m512 total = x[0];
  for (int i = 1; i < sums; i++) total = _mm512_add_ps(total, x[i]);
  *mean = _mm512_reduce_add_ps(total) / (sums * 16);
  // Sixteen lanes, two multiply-adds in each.
  return 4.0 * sums * 16 * (double)rounds;
}
#endif

bool nosce_bench_has_bfloat16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return allows("avx512") && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

double nosce_bench_float32(long rounds, float *mean) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (allows("avx512") && __builtin_cpu_supports("avx512f")) return float32_avx512(rounds, mean);
  if (allows("avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return float32_avx2(rounds, mean);
  }
#endif
  return float32_default(rounds, mean);
}

double nosce_bench_bfloat16(long rounds, float *mean) {
#if defined(__x86_64__)
  if (nosce_bench_has_bfloat16()) return bfloat16_avx512(rounds, mean);
#endif
  *mean = 0;
  return 0;
}

double nosce_bench_read(const float *values, ptrdiff_t count, long passes, float *sum) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (allows("avx512") && __builtin_cpu_supports("avx512f")) return read_avx512(values, count, passes, sum);
  if (allows("avx2") && __builtin_cpu_supports("avx2")) return read_avx2(values, count, passes, sum);
#endif
  return read_default(values, count, passes, sum);
}
