//  IntervalScore.swift — scores of intervals and of single quantiles.
//
//  Equations  (1) W = (u − l) + 2/α max(0, l − y) + 2/α max(0, y − u)              [Winkler 1972; Gneiting & Raftery 2007]
//             (2) pinball(q, y) = τ max(0, y − q) + (1 − τ) max(0, q − y), τ the level of the quantile q
//
//  (1) is least, in expectation, for the central interval of probability 1 − α; (2) for the quantile at τ.

/// Proper scores of intervals and quantiles, in the unit of the target; less is better.
public enum IntervalScore {
  /// The score of the interval [lower, upper] of nominal probability `level` = 1 − α, equation (1).
  ///
  /// Precondition: level < 1.
  public static func winkler(lower: Double, upper: Double, level: Double, target: Double) -> Double {
    precondition(level < 1, "an interval of level \(level) has no finite score")
    let outside = max(lower - target, 0) + max(target - upper, 0)
    return (upper - lower) + 2 / (1 - level) * outside
  }

  /// The score of the quantile at `level`, equation (2).
  public static func pinball(quantile: Double, level: Double, target: Double) -> Double {
    let above = target - quantile
    return above >= 0 ? level * above : (level - 1) * above
  }
}
