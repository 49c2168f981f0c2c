//  Sampler.h — one step of a stochastic-gradient sampler, and the moments of a path, shared out over a pool in fixed parts.

#ifndef CREDENCE_SAMPLER_H
#define CREDENCE_SAMPLER_H

#include "Pool.h"

typedef enum { CREDENCE_LANGEVIN, CREDENCE_PRECONDITIONED_LANGEVIN, CREDENCE_HAMILTONIAN } credence_sampler_kind;

/// Vectors of `count` float or double elements. `state` holds the averaged squares (preconditioned) or the momentum
/// (Hamiltonian). `noise` may be NULL: then the numbers are those of the step's key. `energies`, NULL or
/// `credence_sampler_parts(count)` numbers, takes the sum of the squared momenta of each part.
typedef struct {
  int32_t kind;
  bool is_double;
  void *parameters;
  const void *gradient;
  void *state;
  const void *noise;
  ptrdiff_t count;
  credence_sampler_step step;
  double *energies;
} credence_sampler_update;

/// The number of parts that a vector is cut into.
ptrdiff_t credence_sampler_parts(ptrdiff_t count);

/// Carries out the step. Allocates nothing; the result does not depend on the pool.
void credence_sampler_run(const credence_sampler_update *update, credence_pool *pool);

/// The `moments` of the kernel table: `centre` and `squares` after another vector, with the weight `share` of the new vector in
/// the mean; `column`, which may be NULL, takes the vector's deviation from the new mean.
typedef struct {
  bool is_double;
  const void *vector;
  void *centre, *squares, *column;
  ptrdiff_t count;
  double share;
} credence_moments_update;
void credence_moments_run(const credence_moments_update *update, credence_pool *pool);

/// The `low_rank_normal` of the kernel table; `columns` has `rank` rows of `count` numbers.
typedef struct {
  bool is_double;
  void *result;
  const void *centre, *squares, *columns;
  const double *weights;
  ptrdiff_t rank, count;
  const void *noise;
  credence_sampler_step step;
} credence_low_rank_draw;
void credence_low_rank_run(const credence_low_rank_draw *draw, credence_pool *pool);

#endif
