//  engine_float.c — the engine for float.

#include "CKernels.h"
#include "../COpenBLAS/shim.h"

#define REAL float
#define NAME(x) credence_float_##x
#define KERNELS credence_float_kernels
#define TABLE credence_float_table
#define POTRF spotrf_
#define TRSM strsm_

#include "engine.inc"
