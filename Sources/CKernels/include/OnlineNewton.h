//  OnlineNewton.h — one step of the improved variational online Newton method, shared out over a pool in fixed parts.

#ifndef CREDENCE_ONLINE_NEWTON_RUN_H
#define CREDENCE_ONLINE_NEWTON_RUN_H

#include "Pool.h"

/// Elements start ..< start + count of the arrays. Without a gradient `sample` is filled and nothing else changes.
typedef struct {
  bool is_double;
  ptrdiff_t start, count;
  credence_online_newton_arrays arrays;
  credence_online_newton_step step;
} credence_online_newton;

/// Carries out the step. Allocates nothing; the result does not depend on the pool.
void credence_online_newton_run(const credence_online_newton *field, credence_pool *pool);

#endif
