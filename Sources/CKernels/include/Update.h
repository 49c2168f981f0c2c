//  Update.h — one step of an optimiser, shared out over a pool in fixed parts.

#ifndef CREDENCE_UPDATE_H
#define CREDENCE_UPDATE_H

#include "Pool.h"

typedef enum { CREDENCE_SGD_UPDATE, CREDENCE_ADAM_UPDATE, CREDENCE_RMSPROP_UPDATE } credence_update_kind;

/// Vectors of `count` float or double elements. SGD keeps `first` (NULL without momentum); Adam `first` and `second`;
/// RMSprop the squares in `first`, the average in `centre` (NULL when not centred), the velocity in `second` (or NULL).
typedef struct {
  int32_t kind;
  bool is_double;
  void *parameters;
  const void *gradient;
  void *first, *second, *centre;
  ptrdiff_t count;
  credence_sgd_step sgd;
  credence_adam_step adam;
  credence_rmsprop_step rmsprop;
} credence_update;

/// Carries out the step. Allocates nothing; the result does not depend on the pool.
void credence_update_run(const credence_update *update, credence_pool *pool);

#endif
