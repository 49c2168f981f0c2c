//  mean_field.c — one step of mean-field variational inference, shared out over a pool in fixed parts.

#include "CKernels.h"

enum { PART = 16384 };

#define PART_TASK(R)                                                                                                 \
  static void R##_part(void *context, ptrdiff_t index, int worker) {                                                 \
    (void)worker;                                                                                                    \
    const credence_mean_field *f = context;                                                                          \
    const credence_##R##_kernels *table = credence_##R##_table();                                                    \
    const ptrdiff_t begin = f->start + index * PART, end = f->start + f->count;                                      \
    const ptrdiff_t n = end - begin < PART ? end - begin : PART;                                                     \
    (f->samples_only ? table->mean_field_sample : table->mean_field)(&f->arrays, begin, n, &f->step);                \
  }

PART_TASK(float)
PART_TASK(double)

void credence_mean_field_run(const credence_mean_field *field, credence_pool *pool) {
  const ptrdiff_t parts = (field->count + PART - 1) / PART;
  credence_pool_run(parts > 1 ? pool : NULL, parts, field->is_double ? double_part : float_part, (void *)field);
}
