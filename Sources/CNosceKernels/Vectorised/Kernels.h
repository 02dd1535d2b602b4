// The vectorised kernels. Compiled once per instruction set: NAME(x) appends the set's name, and
// NOSCE_WIDE says whether vectors of sixteen floats fit a register.

#include "Vector.h"

#include "Products.h"

#include "Norm.h"

#include "Attention.h"

#include "CachedAttention.h"

#include "FeedForward.h"

#include "Loss.h"

#include "Optimizer.h"
