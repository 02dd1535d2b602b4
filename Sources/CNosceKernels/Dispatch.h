// Shared by the files that choose the compilation of each kernel that a level asks for.

#ifndef NOSCE_DISPATCH_H
#define NOSCE_DISPATCH_H

#include "Internal.h"

#define UNPACK(...) __VA_ARGS__

// Declares a kernel's bodies and defines the function that chooses among them. Parameters and
// arguments come in parentheses.
#if defined(__x86_64__)
#define KERNEL(result, name, parameters, arguments) \
  result nosce_##name##_scalar parameters; \
  result nosce_##name##_vector parameters; \
  result nosce_##name##_avx2 parameters; \
  result nosce_##name##_avx512 parameters; \
  result nosce_##name(nosce_level level, UNPACK parameters) { \
    switch (level) { \
      case nosce_scalar: \
        return nosce_##name##_scalar arguments; \
      case nosce_avx2: \
        return nosce_##name##_avx2 arguments; \
      case nosce_avx512: \
        return nosce_##name##_avx512 arguments; \
      default: \
        return nosce_##name##_vector arguments; \
    } \
  }
#else
#define KERNEL(result, name, parameters, arguments) \
  result nosce_##name##_scalar parameters; \
  result nosce_##name##_vector parameters; \
  result nosce_##name(nosce_level level, UNPACK parameters) { \
    switch (level) { \
      case nosce_scalar: \
        return nosce_##name##_scalar arguments; \
      default: \
        return nosce_##name##_vector arguments; \
    } \
  }
#endif

#endif
