//  engine_double.c — the engine for double.

#include "CKernels.h"
#include "../COpenBLAS/shim.h"

#define REAL double
#define NAME(x) credence_double_##x
#define KERNELS credence_double_kernels
#define TABLE credence_double_table
#define POTRF dpotrf_
#define TRSM dtrsm_

#include "engine.inc"
