// The kernels for any processor: what the compiler's default target offers.

#include "Internal.h"

#pragma clang diagnostic ignored "-Wpsabi"
#define NOSCE_WIDE 0
#define NAME(x) nosce_##x##_vector
#include "Vectorised/Kernels.h"
