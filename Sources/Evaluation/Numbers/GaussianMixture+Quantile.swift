//  GaussianMixture+Quantile.swift — quantiles.
//
//  The quantile at p lies between the least and the greatest of the components' quantiles at p, for at the least no
//  component has passed p, and at the greatest all have. Above the median, 1 − F is solved for 1 − p, so that both
//  tails are alike.
//
//  Cost       about ten times S evaluations of Φ.

extension GaussianMixture {
  /// The y with F(y) = p: −∞ at 0, ∞ at 1, not a number outside of [0, 1].
  public func quantile(_ p: Double) -> Double {
    let z = StandardNormal.quantile(p)
    let quantiles = zip(means, standardDeviations).map { $0 + $1 * z }
    guard z.isFinite, quantiles.allSatisfy(\.isFinite), let lower = quantiles.min(), let upper = quantiles.max() else {
      return z.isInfinite ? z : .nan
    }
    return bracketedRoot(
      lower, upper, excess: { p <= 0.5 ? cumulative($0) - p : (1 - p) - survival($0) }, slope: { density($0) })
  }
}
