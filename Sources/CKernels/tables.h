//  tables.h — the tables of all instruction sets, for the choice among them.

#ifndef CREDENCE_TABLES_H
#define CREDENCE_TABLES_H

#include "CKernels.h"

extern const credence_float_kernels credence_table_baseline_float;
extern const credence_double_kernels credence_table_baseline_double;
#if defined(__x86_64__)
extern const credence_float_kernels credence_table_avx2_float;
extern const credence_double_kernels credence_table_avx2_double;
extern const credence_float_kernels credence_table_avx512_float;
extern const credence_double_kernels credence_table_avx512_double;
#endif

#endif
