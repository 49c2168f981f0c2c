//  MeanField.h — one step of mean-field variational inference, shared out over a pool in fixed parts.

#ifndef CREDENCE_MEAN_FIELD_RUN_H
#define CREDENCE_MEAN_FIELD_RUN_H

#include "Pool.h"

/// Elements start ..< start + count of the arrays. `samples_only` fills `sample` and changes nothing else.
typedef struct {
  bool is_double, samples_only;
  ptrdiff_t start, count;
  credence_mean_field_arrays arrays;
  credence_mean_field_step step;
} credence_mean_field;

/// Carries out the step. Allocates nothing; the result does not depend on the pool.
void credence_mean_field_run(const credence_mean_field *field, credence_pool *pool);

#endif
