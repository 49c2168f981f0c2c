//  CKernels.h — the vector loops of the engine, compiled for several instruction sets and chosen at run time.
//
//  Every kernel exists in `float` and in `double` and once for each instruction set. `credence_kernels()` gives the
//  table of the best set that this processor has; the environment variable CREDENCE_INSTRUCTION_SET
//  (baseline, avx2, avx512) asks for a lesser one. Kernels never allocate, lock or fail.

#ifndef CREDENCE_KERNELS_H
#define CREDENCE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Elementwise functions of one argument, y[i] = f(x[i]).
typedef enum {
  CREDENCE_NEGATE, CREDENCE_ABSOLUTE, CREDENCE_SIGN, CREDENCE_SQUARE, CREDENCE_RECIPROCAL,
  CREDENCE_SQUARE_ROOT, CREDENCE_RECIPROCAL_SQUARE_ROOT, CREDENCE_FLOOR,
  CREDENCE_EXP, CREDENCE_EXPM1, CREDENCE_LOG, CREDENCE_LOG1P, CREDENCE_SINE, CREDENCE_COSINE,
  CREDENCE_TANH, CREDENCE_SIGMOID, CREDENCE_SOFTPLUS, CREDENCE_RELU,
  CREDENCE_STEP,  // 1 where x > 0, otherwise 0
  CREDENCE_ERF, CREDENCE_LGAMMA, CREDENCE_DIGAMMA, CREDENCE_TRIGAMMA,
  CREDENCE_LOG_NORMAL_CUMULATIVE,  // log of the standard normal distribution function
  CREDENCE_UNARY_COUNT
} credence_unary;

/// Elementwise functions of two arguments, z[i] = f(x[i], y[i]). Comparisons give 1 or 0.
typedef enum {
  CREDENCE_ADD, CREDENCE_SUBTRACT, CREDENCE_MULTIPLY, CREDENCE_DIVIDE, CREDENCE_MAXIMUM, CREDENCE_MINIMUM,
  CREDENCE_POWER, CREDENCE_LESS, CREDENCE_LESS_OR_EQUAL, CREDENCE_EQUAL,
  CREDENCE_BINARY_COUNT
} credence_binary;

/// Distributions of random fills.
typedef enum { CREDENCE_UNIFORM, CREDENCE_NORMAL, CREDENCE_COARSE_UNIFORM, CREDENCE_RANDOM_COUNT } credence_distribution;

/// What identifies a stream of random numbers. Element i of the fill is a pure function of all five and of i.
typedef struct {
  uint64_t seed, stream, step;
  uint32_t site;
} credence_random_key;

/// What a product adds and applies to each finished row of C: C = activation(C + bias). With the last, `bias` is a matrix Y that
/// lies as C does, and C = C (1 - Y^2): what Y = tanh(X) makes of a cotangent.
typedef enum {
  CREDENCE_IDENTITY_ACTIVATION, CREDENCE_RELU_ACTIVATION, CREDENCE_TANH_ACTIVATION, CREDENCE_SIGMOID_ACTIVATION,
  CREDENCE_TANH_SLOPE
} credence_activation;

/// The numbers of one optimiser step; the formulas are at the head of `optimisers.inc`. `decay` is added to the gradient,
/// `decoupled_decay` shrinks the parameters; the corrections are 1 / (1 - beta^t); `fresh` is the weight of new squares.
typedef struct {
  double rate, momentum, dampening, decay;
  bool nesterov, first;
} credence_sgd_step;
typedef struct {
  double rate, beta1, beta2, epsilon, decay, decoupled_decay, correction1, correction2;
} credence_adam_step;
typedef struct {
  double rate, alpha, fresh, epsilon, momentum, decay;
} credence_rmsprop_step;

/// The numbers of one step of a sampler; the formulas are at the head of `samplers.inc`: a, s, k or r, e, and what names the
/// normal numbers.
typedef struct {
  double drift, spread, keep, epsilon;
  credence_random_key key;
  bool wants_energy;
} credence_sampler_step;
/// What a network is given of q = N(mean, softplus(spread)^2): a draw, the draw's distance from the mean, or the variance.
typedef enum { CREDENCE_DRAW, CREDENCE_PERTURBATION, CREDENCE_VARIANCE } credence_mean_field_form;
/// The numbers of one step of mean-field variational inference; the formulas are at the head of `mean_field.inc`. Of `adam`
/// the rate is that of the means. `weight` multiplies the divergence from N(centre, 1 / precision), and, where `laplace` is not
/// zero, that from a Laplace distribution of scale 1 / laplace around zero; `key` names the noise of the next sample.
typedef struct {
  int32_t form;
  double centre, precision, laplace, weight, spread_rate;
  credence_adam_step adam;
  credence_random_key key;
} credence_mean_field_step;
/// Float or double elements. `gradient` is that in the means, `sample_gradient` that in the sample; with draws both may be
/// the same memory. `centres`, where not NULL, replaces `centre`.
typedef struct {
  void *mean, *spread, *sample;
  const void *gradient, *sample_gradient, *centres;
  void *mean_first, *mean_second, *spread_first, *spread_second;
} credence_mean_field_arrays;

/// The numbers of one step of the variational online Newton method; the formulas are at the head of `online_newton.inc`.
/// `count` is L, `prior` d, `share` r, `correction` 1 / (1 - b^t); `key` names the noise of the next draw.
typedef struct {
  double rate, keep, correction, share, count, prior, centre;
  credence_random_key key;
} credence_online_newton_step;
/// Float or double elements.
typedef struct {
  void *mean, *curvature, *momentum, *sample;
  const void *gradient;
} credence_online_newton_arrays;

/// Two spans of a trajectory that follow each other, for `goes_on`: the sums of their momenta, the momentum of the last point of the
/// first and of the first point of the second, and the velocities of the ends of both. Vectors of float or double.
typedef struct {
  const void *first_sum, *second_sum, *first_last_momentum, *second_first_momentum;
  const void *first_first_velocity, *first_last_velocity, *second_first_velocity, *second_last_velocity;
} credence_turn;

#include "Engine.h"

#define CREDENCE_TABLE(R, NAME)                                                                                      \
  typedef struct NAME {                                                                                              \
    void (*unary[CREDENCE_UNARY_COUNT])(const R *x, R *y, ptrdiff_t n);                                              \
    void (*binary[CREDENCE_BINARY_COUNT])(const R *x, const R *y, R *z, ptrdiff_t n);                                \
    /* z[i] = condition[i] != 0 ? x[i] : y[i] */                                                                     \
    void (*select)(const R *condition, const R *x, const R *y, R *z, ptrdiff_t n);                                   \
    /* z[i] = g[i] (1 - y[i]^2): what y = tanh x makes of a cotangent */                                             \
    void (*tanh_slope)(const R *g, const R *y, R *z, ptrdiff_t n);                                                   \
    /* The softplus of x and its derivative */                                                                       \
    void (*softplus_and_sigmoid)(const R *x, R *softplus, R *sigmoid, ptrdiff_t n);                                  \
    /* z[i] = x[i] y[i] + a[i] */                                                                                    \
    void (*multiply_add)(const R *x, const R *y, const R *a, R *z, ptrdiff_t n);                                     \
    void (*fill)(R value, R *y, ptrdiff_t n);                                                                        \
    /* Elements [start, start + n) of the stream: uniform on the open interval (0, 1), or standard normal, or        \
       uniform on the 2^16 numbers (k + 1/2) 2^-16. */                                                               \
    void (*random[CREDENCE_RANDOM_COUNT])(const credence_random_key *key, uint64_t start, R *y, ptrdiff_t n);        \
    /* Sum and maximum of n numbers in an order that depends on n alone. The maximum of none is -infinity. */        \
    R (*sum)(const R *x, ptrdiff_t n);                                                                               \
    R (*maximum)(const R *x, ptrdiff_t n);                                                                           \
    R (*dot)(const R *x, const R *y, ptrdiff_t n);                                                                   \
    /* Row by row over a [rows, columns] matrix. */                                                                  \
    void (*softmax)(const R *x, R *y, ptrdiff_t rows, ptrdiff_t columns);                                            \
    void (*log_sum_exp)(const R *x, R *y, ptrdiff_t rows, ptrdiff_t columns);                                        \
    /* y[r] = logsumexp(x[r, :]) - x[r, label[r]] */                                                                 \
    void (*cross_entropy)(const R *x, const R *label, R *y, ptrdiff_t rows, ptrdiff_t columns);                      \
    /* y[c, r] = x[r, c]; leading dimensions in elements. */                                                         \
    void (*transpose)(const R *x, ptrdiff_t x_stride, R *y, ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t columns);  \
    /* C = A B (+ C when `accumulate`), then C = activation(C + bias). A is m x k with strides in both directions,   \
       B is k x n likewise, C is m x n with rows `c_stride` apart; bias has n entries, m when `bias_of_rows`, or is NULL. `workspace` holds  \
       `product_workspace(m, n, k)` elements. Each entry of C sums its k terms in an order that depends on k alone. */\
    void (*product)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const R *a, ptrdiff_t a_row, ptrdiff_t a_column,          \
                    const R *b, ptrdiff_t b_row, ptrdiff_t b_column, R *c, ptrdiff_t c_stride, bool accumulate,      \
                    const R *bias, bool bias_of_rows, credence_activation activation, R *workspace);                 \
    /* y_i = the sum of row i of a matrix with contiguous rows (+ y_i when `accumulate`). For short rows. */          \
    void (*row_sums)(ptrdiff_t rows, ptrdiff_t columns, const R *x, R *y, bool accumulate);                          \
    /* Correlations with shifted runs of x, see windows.inc: y [m, n] = w [m, k] at `w_offsets` with x; n is a multiple */ \
    /* of 64 bytes, and as much may be read behind the last run. */                                                  \
    void (*correlate)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const R *w, ptrdiff_t w_row, const ptrdiff_t *w_offsets, \
                      const R *x, const ptrdiff_t *x_offsets, R *y, ptrdiff_t y_row);                                \
    /* dw [m, k] (+)= the sum over images of dy [m, n] with runs of x. */                                            \
    void (*correlate_weights)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, ptrdiff_t images, const R *dy, ptrdiff_t dy_row, \
                              ptrdiff_t dy_image, const R *x, ptrdiff_t x_image, const ptrdiff_t *x_offsets, R *dw,  \
                              ptrdiff_t dw_row, bool accumulate);                                                    \
    /* n maxima of 2 x 2 squares side by side: what `from` has there; and the transpose. */                          \
    void (*pool_squares)(const R *top, const R *bottom, const R *from_top, const R *from_bottom, R *y, ptrdiff_t n); \
    void (*scatter_squares)(const R *top, const R *bottom, const R *dy, R *to_top, R *to_bottom, ptrdiff_t n);       \
    ptrdiff_t (*product_workspace)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k);                                           \
    /* C += X^T X for columns [first, last) of the lower triangle of C [n, n], X [rows, n]; `first` is a multiple of    \
       gram_unit(). `workspace` holds gram_workspace(last - first) elements. */                                       \
    void (*gram)(ptrdiff_t rows, ptrdiff_t n, const R *x, ptrdiff_t first, ptrdiff_t last, R *c, R *workspace);       \
    ptrdiff_t (*gram_workspace)(ptrdiff_t columns);                                                                  \
    ptrdiff_t (*gram_unit)(void);                                                                                    \
    /* Sums of log v and of 1 / v over v = b[i] a[j] + shift > 0. */                                                 \
    void (*kronecker_sums)(const R *b, ptrdiff_t m, const R *a, ptrdiff_t n, double shift, double *log_sum,           \
                           double *inverse_sum);                                                                     \
    /* Optimiser updates of the parameters x [n] with gradient g [n], in one pass. */                                \
    /* State arrays that a step does not use may be NULL: `velocity` without momentum, `average` where not centred. */\
    void (*sgd)(R *x, const R *g, R *velocity, ptrdiff_t n, const credence_sgd_step *step);                          \
    void (*adam)(R *x, const R *g, R *m, R *v, ptrdiff_t n, const credence_adam_step *step);                         \
    void (*rmsprop)(R *x, const R *g, R *s, R *average, R *velocity, ptrdiff_t n,                                    \
                    const credence_rmsprop_step *step);                                                              \
    /* Steps of samplers on the numbers [start, start + n) of their vectors, start a multiple of 64. `noise` may be  \
       NULL, and then the numbers are drawn. */                                                                      \
    void (*langevin)(R *x, const R *g, const R *noise, uint64_t start, ptrdiff_t n,                                  \
                     const credence_sampler_step *step);                                                             \
    void (*preconditioned_langevin)(R *x, const R *g, R *squares, const R *noise, uint64_t start, ptrdiff_t n,       \
                                    const credence_sampler_step *step);                                              \
    double (*hamiltonian)(R *x, const R *g, R *momentum, const R *noise, uint64_t start, ptrdiff_t n,                \
                          const credence_sampler_step *step);                                                        \
    /* The running mean and sum of squared deviations of vectors, and draws of the Gaussian that they describe. */   \
    void (*moments)(const R *x, R *centre, R *squares, R *column, ptrdiff_t n, double share);                        \
    void (*low_rank_normal)(R *y, const R *centre, const R *squares, const R *columns, ptrdiff_t column_stride,      \
                            const double *weights, ptrdiff_t rank, const R *noise, uint64_t start, ptrdiff_t n,      \
                            const credence_sampler_step *step);                                                      \
    /* A fused kernel over at most CREDENCE_FEW elements, see few.inc. */                                              \
    void (*fused_few)(const credence_few_operation *operations, ptrdiff_t elements, void *const *buffers);           \
    /* The passes of a Hamiltonian sampler over its vectors, see leapfrog.inc; `c` may be NULL, results may be operands. */ \
    void (*drift)(const R *x, const R *p, const R *g, const R *c, R half, R whole, R *x_new, R *p_new, ptrdiff_t n); \
    R (*kick)(R *p, const R *g, const R *c, R half, R *v, ptrdiff_t n);                                              \
    bool (*goes_on)(const credence_turn *spans, R *sum, ptrdiff_t n);                                                \
    void (*scaled_add)(const R *x, R scale, R *y, ptrdiff_t n);                                                      \
    void (*narrow)(const double *x, R *y, ptrdiff_t n);                                                              \
    void (*widen)(const R *x, double *y, ptrdiff_t n);                                                               \
    /* Elements start ..< start + n of the arrays: a step, or the sample alone. */                                   \
    void (*mean_field)(const credence_mean_field_arrays *x, ptrdiff_t start, ptrdiff_t n,                            \
                       const credence_mean_field_step *step);                                                        \
    void (*mean_field_sample)(const credence_mean_field_arrays *x, ptrdiff_t start, ptrdiff_t n,                     \
                              const credence_mean_field_step *step);                                                 \
    /* The same of the variational online Newton method; without a gradient the sample alone. */                     \
    void (*online_newton)(const credence_online_newton_arrays *x, ptrdiff_t start, ptrdiff_t n,                      \
                          const credence_online_newton_step *step);                                                  \
  } NAME;

CREDENCE_TABLE(float, credence_float_kernels)
CREDENCE_TABLE(double, credence_double_kernels)

#undef CREDENCE_TABLE

typedef enum { CREDENCE_BASELINE, CREDENCE_AVX2, CREDENCE_AVX512 } credence_instruction_set;

/// The best instruction set that this processor has, or the lesser one that CREDENCE_INSTRUCTION_SET asks for.
/// The variable is read once.
credence_instruction_set credence_active_instruction_set(void);
/// The best instruction set that this processor has.
credence_instruction_set credence_best_instruction_set(void);

/// The tables of the active instruction set, and of a given one (NULL where the processor lacks it).
const credence_float_kernels *credence_float_table(void);
const credence_double_kernels *credence_double_table(void);
const credence_float_kernels *credence_float_table_for(credence_instruction_set set);
const credence_double_kernels *credence_double_table_for(credence_instruction_set set);

/// Philox 4x32-10: the 128 random bits of a counter under a key. `counter` and `out` may be the same array.
void credence_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/// What all blocks of a fill share, derived from its key: see `philox.h`.
typedef struct {
  uint32_t key[2], high[2];
} credence_random_fill;

credence_random_fill credence_random_fill_of(credence_random_key key);
/// Word `index` of the fill, 64 bits: half index % 2 of block index / 2.
uint64_t credence_random_word(credence_random_fill fill, uint64_t index);

/// The entries of a table by name, for callers in Swift, which sees an array in a C struct as a tuple.
typedef void (*credence_float_unary_kernel)(const float *x, float *y, ptrdiff_t n);
typedef void (*credence_double_unary_kernel)(const double *x, double *y, ptrdiff_t n);
typedef void (*credence_float_binary_kernel)(const float *x, const float *y, float *z, ptrdiff_t n);
typedef void (*credence_double_binary_kernel)(const double *x, const double *y, double *z, ptrdiff_t n);
typedef void (*credence_float_random_kernel)(const credence_random_key *key, uint64_t start, float *y, ptrdiff_t n);
typedef void (*credence_double_random_kernel)(const credence_random_key *key, uint64_t start, double *y, ptrdiff_t n);

static inline credence_float_unary_kernel credence_float_unary(const credence_float_kernels *t, credence_unary f) {
  return t->unary[f];
}
static inline credence_double_unary_kernel credence_double_unary(const credence_double_kernels *t, credence_unary f) {
  return t->unary[f];
}
static inline credence_float_binary_kernel credence_float_binary(const credence_float_kernels *t, credence_binary f) {
  return t->binary[f];
}
static inline credence_double_binary_kernel credence_double_binary(const credence_double_kernels *t, credence_binary f) {
  return t->binary[f];
}
static inline credence_float_random_kernel credence_float_random(const credence_float_kernels *t,
                                                                 credence_distribution d) {
  return t->random[d];
}
static inline credence_double_random_kernel credence_double_random(const credence_double_kernels *t,
                                                                   credence_distribution d) {
  return t->random[d];
}

#include "Gram.h"
#include "Update.h"
#include "Sampler.h"
#include "MeanField.h"
#include "OnlineNewton.h"

#endif
