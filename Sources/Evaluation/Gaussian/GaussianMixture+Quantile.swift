//  GaussianMixture+Quantile.swift — quantiles and central intervals.
//
//  The quantile at p lies between the least and the greatest of the components' quantiles at p, for at the least no
//  component has passed p, and at the greatest all have. Within this bracket Newton's step y ← y − (F(y) − p) / p(y) is
//  taken where it stays inside and at least halves the step before it, and bisection where it does not: modes far
//  apart leave F flat between them. Above the median, 1 − F is solved for 1 − p, so that both tails are alike.
//
//  Cost       about ten times S evaluations of Φ.

import Foundation

extension GaussianMixture {
  /// The y with F(y) = p: −∞ at 0, ∞ at 1, not a number outside of [0, 1].
  public func quantile(_ p: Double) -> Double {
    let z = StandardNormal.quantile(p)
    let quantiles = zip(means, standardDeviations).map { $0 + $1 * z }
    guard z.isFinite, quantiles.allSatisfy(\.isFinite), var lower = quantiles.min(), var upper = quantiles.max() else {
      return z.isInfinite ? z : .nan
    }
    let excess = { y in p <= 0.5 ? self.cumulative(y) - p : (1 - p) - self.survival(y) }
    let resolution = max(abs(lower), abs(upper)).ulp
    var y = lower + 0.5 * (upper - lower)
    var previousStep = upper - lower
    while upper - lower > resolution {
      let excess = excess(y)
      if excess == 0 { break }
      if excess < 0 { lower = y } else { upper = y }
      let newton = y - excess / density(y)
      let isAccepted = newton > lower && newton < upper && abs(newton - y) <= 0.5 * previousStep
      let next = isAccepted ? newton : lower + 0.5 * (upper - lower)
      previousStep = abs(next - y)
      if previousStep <= resolution { return next }
      y = next
    }
    return y
  }

  /// The central interval that holds a share `level` of the probability. Precondition: level in [0, 1].
  public func interval(_ level: Double) -> (lower: Double, upper: Double) {
    precondition(level >= 0 && level <= 1, "the level of an interval is a probability, not \(level)")
    return (quantile(0.5 - 0.5 * level), quantile(0.5 + 0.5 * level))
  }
}
