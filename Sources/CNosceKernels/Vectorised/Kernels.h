// The vectorised kernels. Compiled once per instruction set: NAME(x) appends the set's name, and
// NOSCE_WIDE says whether vectors of sixteen floats fit a register.

#include "Vector.h"

#include "Math.h"


#include "Packed.h"

#include "Norm.h"

#include "LayerNorm.h"

#include "Rotary.h"

#include "AttentionBlocks.h"

#include "Attention.h"

#include "AttentionBackward.h"

#include "CachedAttention.h"

#include "Activation.h"

#include "Loss.h"

#include "Sampling.h"

#include "Optimizer.h"

#include "Elementwise.h"
