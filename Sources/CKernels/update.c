//  update.c — one step of an optimiser, shared out over a pool in fixed parts.

#include "CKernels.h"

enum { PART = 32768 };

#define PART_TASK(R)                                                                                                 \
  static void R##_part(void *context, ptrdiff_t index, int worker) {                                                 \
    (void)worker;                                                                                                    \
    const credence_update *u = context;                                                                              \
    const credence_##R##_kernels *table = credence_##R##_table();                                                    \
    const ptrdiff_t start = index * PART, n = u->count - start < PART ? u->count - start : PART;                     \
    R *x = (R *)u->parameters + start, *first = u->first ? (R *)u->first + start : NULL;                             \
    R *second = u->second ? (R *)u->second + start : NULL, *centre = u->centre ? (R *)u->centre + start : NULL;      \
    const R *g = (const R *)u->gradient + start;                                                                     \
    switch (u->kind) {                                                                                               \
      case CREDENCE_SGD_UPDATE: table->sgd(x, g, first, n, &u->sgd); break;                                          \
      case CREDENCE_ADAM_UPDATE: table->adam(x, g, first, second, n, &u->adam); break;                               \
      case CREDENCE_RMSPROP_UPDATE: table->rmsprop(x, g, first, centre, second, n, &u->rmsprop); break;              \
    }                                                                                                                \
  }

PART_TASK(float)
PART_TASK(double)

void credence_update_run(const credence_update *update, credence_pool *pool) {
  const ptrdiff_t parts = (update->count + PART - 1) / PART;
  credence_pool_run(parts > 1 ? pool : NULL, parts, update->is_double ? double_part : float_part, (void *)update);
}
