//  kernels_baseline.c — the kernels for every processor: vectors of 16 bytes, SSE2 on x86-64 and NEON on arm64.

#include "philox.h"
#include "special.h"
#include "tables.h"
#include <math.h>

#define SET baseline
#define VECTOR_BYTES 16
#define PRODUCT_ROWS 4
#include "kernels.inc"
