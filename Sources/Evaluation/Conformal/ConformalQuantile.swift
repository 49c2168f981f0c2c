//  ConformalQuantile.swift — the threshold that makes a prediction hold with a promised probability.
//
//  Notation   s₁…sₙ  nonconformity scores of calibration rows, exchangeable with the row to come     α miscoverage in (0, 1)
//
//  Equations  (1) k = ⌈(n + 1)(1 − α)⌉
//             (2) q̂ = the k-th smallest score, ∞ if k > n                    [Vovk et al. 2005; Angelopoulos & Bates 2023]
//
//  Then P(s ≤ q̂) ≥ 1 − α for the row to come, whatever the distribution and the model.

/// The threshold of split conformal prediction.
public enum ConformalQuantile {
  /// q̂, equation (2); not a number if a score is. Precondition: miscoverage in (0, 1).
  public static func threshold(_ scores: [Double], miscoverage: Double) -> Double {
    precondition(miscoverage > 0 && miscoverage < 1, "a miscoverage lies between 0 and 1, not at \(miscoverage)")
    if scores.contains(where: \.isNaN) { return .nan }
    // A product that is whole but for rounding counts as whole.
    let position = (1 - miscoverage) * Double(scores.count + 1)
    let nearest = position.rounded()
    let k = Int(abs(position - nearest) <= 4 * position.ulp ? nearest : position.rounded(.up))
    return k > scores.count ? .infinity : scores.sorted()[k - 1]
  }
}
