//  Gram.h — symmetric products C += Xᵀ X, several at a time, shared out over a pool.

#ifndef CREDENCE_GRAM_H
#define CREDENCE_GRAM_H

#include "Pool.h"
#include <stdbool.h>

/// One symmetric product: X [rows, columns] and the sum C [columns, columns], of which the lower triangle is meant.
typedef struct {
  ptrdiff_t rows, columns;
  const void *x;
  void *sum;
} credence_gram;

enum { CREDENCE_MAX_GRAMS = 256 };

/// Elements of workspace for each thread of the pool.
ptrdiff_t credence_gram_workspace(bool is_double);

/// Runs at most CREDENCE_MAX_GRAMS products. Allocates nothing; the result does not depend on the pool.
void credence_gram_run(const credence_gram *jobs, ptrdiff_t count, bool is_double, void *workspace, credence_pool *pool);

#endif
