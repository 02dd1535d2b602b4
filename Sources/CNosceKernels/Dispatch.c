// What the processor can do, and how much of it is used.

#include "Internal.h"

#include <stdlib.h>
#include <string.h>

nosce_level nosce_allowed_level(void) {
  const char *most = getenv("NOSCE_MAX_ISA");
  if (!most || !*most || strcmp(most, "all") == 0) return nosce_avx512;
  return strcmp(most, "avx2") == 0 ? nosce_avx2 : nosce_vector;
}

nosce_level nosce_best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const nosce_level allowed = nosce_allowed_level();
  if (allowed >= nosce_avx512 && __builtin_cpu_supports("avx512f")
      && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
      && __builtin_cpu_supports("avx512vl")) {
    return nosce_avx512;
  }
  if (allowed >= nosce_avx2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return nosce_avx2;
  }
#endif
  return nosce_vector;
}

bool nosce_has_bfloat16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return nosce_allowed_level() >= nosce_avx512 && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}
