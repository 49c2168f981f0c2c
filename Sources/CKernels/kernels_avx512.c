//  kernels_avx512.c — the kernels for x86-64-v4: vectors of 64 bytes.
//
//  The compiler prefers half vectors on this target; `min_vector_width` tells it that whole ones are meant.

#include "philox.h"
#include "special.h"
#include "tables.h"
#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
#define SET avx512
#define VECTOR_BYTES 64
#define PRODUCT_ROWS 8
#include "kernels.inc"
#pragma clang attribute pop
#pragma clang attribute pop
#endif
