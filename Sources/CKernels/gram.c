//  gram.c — symmetric products, cut into strips of columns that threads take one by one.

#include "CKernels.h"

/// Strips a product is cut into: enough to share out, wide enough to use what is packed.
enum { STRIP_PANELS = 4 };

typedef struct {
  const credence_gram *jobs;
  ptrdiff_t count, stride;
  ptrdiff_t ends[CREDENCE_MAX_GRAMS];  // strips of this product and of those before it
  void *workspace;
} gram_work;

static ptrdiff_t strip_width(bool is_double) {
  return (is_double ? credence_double_table()->gram_unit() : credence_float_table()->gram_unit()) * STRIP_PANELS;
}

#define GRAM_TASK(R)                                                                                                 \
  static void R##_strip(void *context, ptrdiff_t index, int worker) {                                                \
    const gram_work *w = context;                                                                                    \
    const credence_##R##_kernels *table = credence_##R##_table();                                                    \
    ptrdiff_t job = 0;                                                                                               \
    while (w->ends[job] <= index) job++;                                                                             \
    const credence_gram *g = &w->jobs[job];                                                                          \
    const ptrdiff_t width = table->gram_unit() * STRIP_PANELS;                                                       \
    const ptrdiff_t first = (index - (job > 0 ? w->ends[job - 1] : 0)) * width;                                      \
    const ptrdiff_t last = first + width < g->columns ? first + width : g->columns;                                  \
    table->gram(g->rows, g->columns, g->x, first, last, g->sum, (R *)w->workspace + worker * w->stride);             \
  }

GRAM_TASK(float)
GRAM_TASK(double)

ptrdiff_t credence_gram_workspace(bool is_double) {
  const ptrdiff_t need = is_double ? credence_double_table()->gram_workspace(strip_width(true))
                                   : credence_float_table()->gram_workspace(strip_width(false));
  return (need + 15) / 16 * 16;
}

void credence_gram_run(const credence_gram *jobs, ptrdiff_t count, bool is_double, void *workspace, credence_pool *pool) {
  gram_work w = {.jobs = jobs, .count = count, .workspace = workspace};
  w.stride = credence_gram_workspace(is_double);
  const ptrdiff_t width = strip_width(is_double);
  ptrdiff_t strips = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    strips += (jobs[i].columns + width - 1) / width;
    w.ends[i] = strips;
  }
  credence_pool_run(pool, strips, is_double ? double_strip : float_strip, &w);
}
