//  Engine.h — the steps that a plan is lowered to, and the loop that runs them.
//
//  A step is plain data: views into numbered buffers, extents, a code. Running a list of steps allocates nothing, takes no
//  lock and counts no references. `Programs` makes the steps; their shapes and lifetimes are its responsibility.

#ifndef CREDENCE_ENGINE_H
#define CREDENCE_ENGINE_H

#include "Pool.h"

enum { CREDENCE_MAX_RANK = 8, CREDENCE_MAX_REGISTERS = 64, CREDENCE_FEW = 16, CREDENCE_FEW_REDUCTIONS = 8 };

/// Buffers of a block of rows: values that only this block knows, and its part of the sums over all rows.
enum { CREDENCE_LOCAL_BUFFER = -1, CREDENCE_PARTIAL_BUFFER = -2 };

/// Strided elements of a buffer. Adjacent axes that lie as one are merged; rank 0 is one element.
typedef struct {
  int32_t buffer, rank;
  ptrdiff_t offset;
  ptrdiff_t row_step;  // elements from one row of the data to the next, for steps that run in blocks of rows
  ptrdiff_t extents[CREDENCE_MAX_RANK], strides[CREDENCE_MAX_RANK];
} credence_view;

/// One operation of a fused kernel, on tiles held in registers.
typedef enum {
  CREDENCE_OP_DIRECT,    // result is a window of contiguous memory
  CREDENCE_OP_LOAD,      // result is gathered from a strided view
  CREDENCE_OP_CONSTANT,  // once a task
  CREDENCE_OP_SPREAD,    // one element of memory, repeated; once a task
  CREDENCE_OP_IOTA,      // (index / count) % extent
  CREDENCE_OP_RANDOM, CREDENCE_OP_UNARY, CREDENCE_OP_BINARY, CREDENCE_OP_SELECT, CREDENCE_OP_COPY,
  CREDENCE_OP_TANH_SLOPE,  // x (1 - y^2)
  CREDENCE_OP_SOFTPLUS_AND_SIGMOID,  // softplus of x; and its derivative, the sigmoid of x, as the result of the next operation
  CREDENCE_OP_FOLLOWS,  // computed with the operation before
  CREDENCE_OP_SUM, CREDENCE_OP_MAXIMUM  // of x over all tiles, into `view`
} credence_operation_kind;

typedef struct {
  int32_t kind, code;
  int32_t result, x, y, z;  // registers
  bool stored;              // result is a window of `view`, contiguous
  uint32_t site;
  double value;
  ptrdiff_t count, extent;
  credence_view view;
} credence_operation;

/// The operations of a kernel over few elements, in little space, so that reading them costs less than what they do.
typedef enum {
  CREDENCE_FEW_DIRECT, CREDENCE_FEW_GATHER, CREDENCE_FEW_CONSTANT, CREDENCE_FEW_SPREAD,
  CREDENCE_FEW_NEGATE, CREDENCE_FEW_SQUARE, CREDENCE_FEW_RECIPROCAL, CREDENCE_FEW_EXP, CREDENCE_FEW_LOG, CREDENCE_FEW_LOG1P,
  CREDENCE_FEW_UNARY,  // another, by `function`
  CREDENCE_FEW_ADD, CREDENCE_FEW_SUBTRACT, CREDENCE_FEW_MULTIPLY, CREDENCE_FEW_DIVIDE,
  CREDENCE_FEW_BINARY,  // another, by `function`
  CREDENCE_FEW_SELECT, CREDENCE_FEW_TANH_SLOPE, CREDENCE_FEW_COPY, CREDENCE_FEW_SUM, CREDENCE_FEW_MAXIMUM,
  CREDENCE_FEW_END
} credence_few_code;

typedef struct {
  uint8_t code, function, result, x, y, z;
  bool stored;
  int32_t buffer, stride;
  ptrdiff_t offset;
  double value;
} credence_few_operation;

typedef enum {
  CREDENCE_STEP_FUSED, CREDENCE_STEP_PRODUCT, CREDENCE_STEP_COPY, CREDENCE_STEP_FILL, CREDENCE_STEP_REDUCE,
  CREDENCE_STEP_SOFTMAX, CREDENCE_STEP_LOG_SUM_EXP, CREDENCE_STEP_CROSS_ENTROPY,
  CREDENCE_STEP_GATHER_ROWS, CREDENCE_STEP_SCATTER_ADD_ROWS,
  CREDENCE_STEP_CONVOLUTION, CREDENCE_STEP_CONVOLUTION_INPUT_GRADIENT, CREDENCE_STEP_CONVOLUTION_WEIGHT_GRADIENT,
  CREDENCE_STEP_MAX_POOL, CREDENCE_STEP_MAX_POOL_SCATTER, CREDENCE_STEP_MAX_POOL_GATHER,
  CREDENCE_STEP_CHOLESKY, CREDENCE_STEP_TRIANGULAR_SOLVE, CREDENCE_STEP_LOWER_TRIANGLE, CREDENCE_STEP_BLOCKS
} credence_step_kind;

/// Images [images, channels, height, width] seen through windows.
typedef struct {
  ptrdiff_t images, channels, height, width, outputs, out_height, out_width, groups;
  ptrdiff_t size[2], stride[2], padding[2], dilation[2];
} credence_window;

typedef struct credence_blocks credence_blocks;

typedef struct {
  int32_t kind, code;
  credence_view out, a, b, c;
  /* FUSED: n elements, m for each row of the data when in a block; PRODUCT: batch, m, n, k, flag: bias of rows. REDUCE: outer, middle, inner. Rows: rows, columns. */
  ptrdiff_t batch, m, n, k;
  ptrdiff_t batch_out, batch_a, batch_b;  // strides from one product of a batch to the next
  int32_t activation;
  bool has_bias, flag;
  double value;
  credence_window window;
  const credence_operation *operations;
  int32_t operation_count, register_count;
  const credence_few_operation *few;  // of a fused kernel over few elements; NULL of others
  const credence_blocks *blocks;
} credence_step;

/// A sum over the rows of the data: each task adds up its part at `offset` of its partial buffer, a matrix of
/// [rows, columns], `stride` elements from one row to the next, that is transposed into `out` when `turned`.
typedef struct {
  credence_view out;
  ptrdiff_t offset, rows, columns, stride;
  bool turned;
} credence_row_sum;

/// Steps that are run for one block of rows after another, all steps of a block before the next block; a task is several
/// blocks that follow each other.
struct credence_blocks {
  const credence_step *whole, *last;  // the steps for `rows` rows, and for the rows of the last block
  ptrdiff_t step_count, task_count, block_count, rows;
  const credence_row_sum *sums;
  ptrdiff_t sum_count, local_count, partial_count;
  double work;  // multiplications and the like, for all rows
};

/// What a run needs beside the steps. `scratch` holds `threads` areas of `scratch_stride` elements, then `shared_scratch`.
typedef struct {
  void *const *buffers;
  void *scratch;
  ptrdiff_t scratch_stride;
  void *shared;
  credence_random_key key;
  credence_pool *pool;
  // Of a block of rows: its first row, its own buffers, and whether sums go on from the block before it.
  ptrdiff_t row;
  void *local, *partial;
  bool accumulates;
} credence_run;

/// Elements of scratch that a step needs for each worker and in common.
typedef struct { ptrdiff_t worker, shared; } credence_scratch;

credence_scratch credence_float_scratch(const credence_step *step);
credence_scratch credence_double_scratch(const credence_step *step);
void credence_float_run(const credence_step *steps, ptrdiff_t count, const credence_run *run);
void credence_double_run(const credence_step *steps, ptrdiff_t count, const credence_run *run);

#endif
