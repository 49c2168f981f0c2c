//  ConformalRegression.swift — intervals of a number that hold with a promised probability, from any forecast.
//
//  Equations  (1) absolute residual    s = |y − ŷ|               interval ŷ ± q̂
//             (2) normalised residual  s = |y − ŷ| / σ           interval ŷ ± q̂ σ
//             (3) conformalised quantile regression  s = max(l − y, y − u)   interval [l − q̂, u + q̂]   [Romano et al. 2019]

/// Nonconformity scores of numbers and the intervals that belong to them.
public enum ConformalRegression {
  /// (1). Precondition: as many predictions as targets.
  public static func absoluteResiduals(predictions: [Double], targets: [Double]) -> [Double] {
    check(predictions.count, targets.count)
    return zip(predictions, targets).map { abs($1 - $0) }
  }

  /// (2). Precondition: as many predictions and deviations as targets.
  public static func normalisedResiduals(
    predictions: [Double], standardDeviations: [Double], targets: [Double]
  ) -> [Double] {
    check(standardDeviations.count, targets.count)
    return zip(absoluteResiduals(predictions: predictions, targets: targets), standardDeviations).map { $0 / $1 }
  }

  /// (3), negative inside of the interval. Precondition: as many ends of intervals as targets.
  public static func intervalExcesses(lower: [Double], upper: [Double], targets: [Double]) -> [Double] {
    check(lower.count, targets.count)
    check(upper.count, targets.count)
    return targets.indices.map { max(lower[$0] - targets[$0], targets[$0] - upper[$0]) }
  }

  private static func check(_ count: Int, _ targetCount: Int) {
    precondition(count == targetCount, "\(targetCount) targets need as many predictions, not \(count)")
  }
}
