//  special.h — functions without a vector form, one number at a time in double.

#ifndef CREDENCE_SPECIAL_H
#define CREDENCE_SPECIAL_H

/// log |Gamma(x)|; +infinity at 0 and the negative integers.
double credence_lgamma(double x);
/// The derivative of log |Gamma(x)|; NaN at the negative integers, -infinity at +0 and +infinity at -0.
double credence_digamma(double x);
/// The second derivative of log |Gamma(x)|; +infinity at 0 and the negative integers.
double credence_trigamma(double x);
/// log Phi(x), Phi the standard normal distribution function.
double credence_log_normal_cumulative(double x);

#endif
