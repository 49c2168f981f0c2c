//  online_newton.c — one step of the improved variational online Newton method, shared out over a pool in fixed parts.

#include "CKernels.h"

enum { PART = 16384 };

#define PART_TASK(R)                                                                                                 \
  static void R##_part(void *context, ptrdiff_t index, int worker) {                                                 \
    (void)worker;                                                                                                    \
    const credence_online_newton *f = context;                                                                       \
    const ptrdiff_t begin = f->start + index * PART, end = f->start + f->count;                                      \
    const ptrdiff_t n = end - begin < PART ? end - begin : PART;                                                     \
    credence_##R##_table()->online_newton(&f->arrays, begin, n, &f->step);                                           \
  }

PART_TASK(float)
PART_TASK(double)

void credence_online_newton_run(const credence_online_newton *field, credence_pool *pool) {
  const ptrdiff_t parts = (field->count + PART - 1) / PART;
  credence_pool_run(parts > 1 ? pool : NULL, parts, field->is_double ? double_part : float_part, (void *)field);
}
