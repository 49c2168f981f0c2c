//  GaussianMixture+ContinuousRankedProbabilityScore.swift — the CRPS of a mixture in closed form.
//
//  Equations  (1) CRPS(F, y) = ∫ (F(x) − 1{x ≥ y})² dx = E|X − y| − 1/2 E|X − X′|, X and X′ independent from F
//             (2) A(m, s) = E|Z| for Z ~ N(m, s²) = m erf(m / (s √2)) + 2 s φ(m/s)
//             (3) CRPS = 1/S Σᵢ A(y − μᵢ, σᵢ) − 1/(2S²) Σᵢⱼ A(μᵢ − μⱼ, √(σᵢ² + σⱼ²))       [Grimit et al. 2006]
//
//  (3) is (1) term by term: the difference of two independent Gaussians is Gaussian.
//
//  Cost       S²/2 evaluations of A. For S beyond a few thousand, use `EmpiricalForecast` on samples.

import Foundation

extension GaussianMixture {
  /// The continuous ranked probability score at y, in the unit of y; 0 is perfect. A standard deviation of 0 counts as a
  /// point mass.
  public func continuousRankedProbabilityScore(_ y: Double) -> Double {
    let draws = Double(means.count)
    var toTarget = 0.0
    var amongDraws = 0.0
    for i in means.indices {
      toTarget += Self.meanAbsolute(mean: y - means[i], standardDeviation: standardDeviations[i])
      // Each pair i ≠ j counts twice in (3), i = j once.
      amongDraws += 0.5 * Self.meanAbsolute(mean: 0, standardDeviation: 2.0.squareRoot() * standardDeviations[i])
      for j in 0..<i {
        let variance = standardDeviations[i] * standardDeviations[i] + standardDeviations[j] * standardDeviations[j]
        amongDraws += Self.meanAbsolute(mean: means[i] - means[j], standardDeviation: variance.squareRoot())
      }
    }
    return toTarget / draws - amongDraws / (draws * draws)  // (3)
  }

  /// A(m, s), equation (2).
  private static func meanAbsolute(mean m: Double, standardDeviation s: Double) -> Double {
    if s == 0 { return abs(m) }
    return m * erf(m / (s * 2.0.squareRoot())) + 2 * s * StandardNormal.density(m / s)
  }
}
