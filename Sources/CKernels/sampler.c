//  sampler.c — steps of samplers, moments and draws, shared out over a pool in fixed parts.

#include "CKernels.h"

// A multiple of every group of random numbers, so that no group is drawn twice.
enum { PART = 32768 };

ptrdiff_t credence_sampler_parts(ptrdiff_t count) { return (count + PART - 1) / PART; }

#define RANGE(total) const ptrdiff_t start = index * PART, n = (total) - start < PART ? (total) - start : PART
#define AT(R, pointer) ((pointer) ? (R *)(pointer) + start : NULL)

#define TASKS(R)                                                                                                     \
  static void R##_sampler_part(void *context, ptrdiff_t index, int worker) {                                         \
    (void)worker;                                                                                                    \
    const credence_sampler_update *u = context;                                                                      \
    const credence_##R##_kernels *table = credence_##R##_table();                                                    \
    RANGE(u->count);                                                                                                 \
    R *x = AT(R, u->parameters), *state = AT(R, u->state);                                                           \
    const R *g = AT(const R, u->gradient), *noise = AT(const R, u->noise);                                           \
    switch (u->kind) {                                                                                               \
      case CREDENCE_LANGEVIN: table->langevin(x, g, noise, (uint64_t)start, n, &u->step); break;                     \
      case CREDENCE_PRECONDITIONED_LANGEVIN:                                                                         \
        table->preconditioned_langevin(x, g, state, noise, (uint64_t)start, n, &u->step);                            \
        break;                                                                                                       \
      case CREDENCE_HAMILTONIAN: {                                                                                   \
        double energy = table->hamiltonian(x, g, state, noise, (uint64_t)start, n, &u->step);                        \
        if (u->energies) u->energies[index] = energy;                                                                \
        break;                                                                                                       \
      }                                                                                                              \
    }                                                                                                                \
  }                                                                                                                  \
  static void R##_moments_part(void *context, ptrdiff_t index, int worker) {                                         \
    (void)worker;                                                                                                    \
    const credence_moments_update *u = context;                                                                      \
    RANGE(u->count);                                                                                                 \
    credence_##R##_table()->moments(AT(const R, u->vector), AT(R, u->centre), AT(R, u->squares), AT(R, u->column), n, \
                                    u->share);                                                                       \
  }                                                                                                                  \
  static void R##_low_rank_part(void *context, ptrdiff_t index, int worker) {                                        \
    (void)worker;                                                                                                    \
    const credence_low_rank_draw *d = context;                                                                       \
    RANGE(d->count);                                                                                                 \
    credence_##R##_table()->low_rank_normal(AT(R, d->result), AT(const R, d->centre), AT(const R, d->squares),       \
                                            AT(const R, d->columns), d->count, d->weights, d->rank,                  \
                                            AT(const R, d->noise), (uint64_t)start, n, &d->step);                    \
  }

TASKS(float)
TASKS(double)

static void run(credence_task task, const void *context, ptrdiff_t count, credence_pool *pool) {
  const ptrdiff_t parts = credence_sampler_parts(count);
  credence_pool_run(parts > 1 ? pool : NULL, parts, task, (void *)context);
}

void credence_sampler_run(const credence_sampler_update *update, credence_pool *pool) {
  run(update->is_double ? double_sampler_part : float_sampler_part, update, update->count, pool);
}

void credence_moments_run(const credence_moments_update *update, credence_pool *pool) {
  run(update->is_double ? double_moments_part : float_moments_part, update, update->count, pool);
}

void credence_low_rank_run(const credence_low_rank_draw *draw, credence_pool *pool) {
  run(draw->is_double ? double_low_rank_part : float_low_rank_part, draw, draw->count, pool);
}
