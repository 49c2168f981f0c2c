//  kernels_avx2.c — the kernels for x86-64-v3: vectors of 32 bytes and fused multiply-add.

#include "philox.h"
#include "special.h"
#include "tables.h"
#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define SET avx2
#define VECTOR_BYTES 32
#define PRODUCT_ROWS 4
#include "kernels.inc"
#pragma clang attribute pop
#endif
