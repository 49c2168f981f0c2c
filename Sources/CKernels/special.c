//  special.c — lgamma, digamma, trigamma and log Phi in double.
//
//  lgamma is the C library's, in the form that writes no global variable.
//
//  digamma, psi:
//    (1) psi(x) = psi(x + 1) - 1/x                              moves x into [1, 2] or above ASYMPTOTIC
//    (2) psi(x) = (x - x0) P(x - 3/2) on [1, 2], P fitted, x0 the positive root held in two parts:
//        relative accuracy survives at the root, where the sums of (1) and (3) would cancel
//    (3) psi(x) ~ log x - 1/(2x) - sum_k B_2k / (2k x^2k)
//    (4) psi(x) = psi(1 - x) - pi / tan(pi x)                   for x < 0
//  trigamma:
//    (5) psi'(x) = psi'(x + 1) + 1/x^2
//    (6) psi'(x) ~ 1/x + 1/(2x^2) + sum_k B_2k / x^(2k+1)
//    (7) psi'(x) = (pi / sin(pi x))^2 - psi'(1 - x)             for x < 0
//  log Phi:
//    (8) log Phi(x) = log(1 - Q), Q = erfc(x / sqrt 2) / 2, for x > 0, and log Q(-x) below
//    (9) log Phi(x) ~ -x^2/2 - log(-x sqrt(2 pi)) + log(1 - 1/x^2 + 3/x^4 - 15/x^6 + 105/x^8)   where Q nears the least number
//  Source: Abramowitz and Stegun (1964), 6.3, 6.4 and 26.2.

#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // lgamma_r
#endif
#include "special.h"
#include <math.h>

#define ASYMPTOTIC 10.0
#define PI 0x1.921fb54442d18p1

double credence_lgamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

static const double digamma_coefficients[] = {
  0x1.e6f0cbb873617p-1, -0x1.b1cb63005ee97p-2, 0x1.eca189b8e6da1p-3, -0x1.2feeeb98a7cd8p-3, 0x1.8512e5905d180p-4,
  -0x1.fb442029cdbf4p-5, 0x1.4de9aa05d3418p-5, -0x1.b9f8b1367959dp-6, 0x1.256475e5ac975p-6, -0x1.86355f6f68797p-7,
  0x1.03c00801ba958p-7, -0x1.5a071c746535bp-8, 0x1.cd3e42d157015p-9, -0x1.33661f9073563p-9, 0x1.980fc9c9f0be8p-10,
  -0x1.1002aaf6255f5p-10, 0x1.7b3b41b0b38cdp-11, -0x1.f99f529bd0771p-12, 0x1.dc8ae08af0fc4p-13, -0x1.3db05b36d9a48p-13,
  0x1.104c9d0897b58p-12, -0x1.6b107f71aa124p-13};

static double digamma_near_root(double x) {
  const int n = sizeof digamma_coefficients / sizeof digamma_coefficients[0];
  double t = x - 1.5, sum = digamma_coefficients[n - 1];
  for (int i = n - 2; i >= 0; i--) sum = sum * t + digamma_coefficients[i];
  return ((x - 0x1.762d86356be3fp0) - 0x1.b86a722197829p-54) * sum;  // (2)
}

// The distance from x to the nearest integer, with its sign: the period of tan(pi x) and |sin(pi x)|.
static double from_nearest_integer(double x) { return x - nearbyint(x); }

static double positive_digamma(double x) {
  if (x < 1) return digamma_near_root(x + 1) - 1 / x;  // (1)
  if (x <= 2) return digamma_near_root(x);
  double sum = 0;
  for (; x < ASYMPTOTIC; x += 1) sum -= 1 / x;  // (1)
  double z = 1 / (x * x);
  double tail = 1.0 / 132 - z * (691.0 / 32760 - z * (1.0 / 12 - z * (3617.0 / 8160)));
  double series = z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * tail))));
  return sum + (log(x) - 0.5 / x - series);  // (3)
}

double credence_digamma(double x) {
  if (x > 0) return positive_digamma(x);
  if (x == 0) return -1 / x;
  double part = from_nearest_integer(x);
  if (part == 0 || x == -INFINITY) return NAN;
  return positive_digamma(1 - x) - PI / tan(PI * part);  // (4); NaN passes through
}

static double positive_trigamma(double x) {
  double sum = 0;
  for (; x < ASYMPTOTIC; x += 1) sum += 1 / (x * x);  // (5)
  double y = 1 / x, z = y * y;
  double tail = 5.0 / 66 - z * (691.0 / 2730 - z * (7.0 / 6 - z * (3617.0 / 510)));
  double series = z * (1.0 / 6 - z * (1.0 / 30 - z * (1.0 / 42 - z * (1.0 / 30 - z * tail))));
  return sum + (y + 0.5 * z + y * series);  // (6)
}

double credence_trigamma(double x) {
  if (x > 0) return positive_trigamma(x);
  double part = from_nearest_integer(x);
  if (part == 0) return INFINITY;
  double sine = sin(PI * part);
  return (PI / sine) * (PI / sine) - positive_trigamma(1 - x);  // (7)
}

#define HALF_LOG_TWO_PI 0x1.d67f1c864beb5p-1
#define HALF_ROOT 0x1.6a09e667f3bcdp-1  // 1 / sqrt 2

double credence_log_normal_cumulative(double x) {
  if (x > 0) return log1p(-0.5 * erfc(x * HALF_ROOT));  // (8)
  if (x > -37) return log(0.5 * erfc(-x * HALF_ROOT));
  double z = 1 / (x * x);
  double series = -z * (1 - z * (3 - z * (15 - z * 105)));
  return -0.5 * x * x - HALF_LOG_TWO_PI - log(-x) + log1p(series);  // (9); NaN passes through
}
