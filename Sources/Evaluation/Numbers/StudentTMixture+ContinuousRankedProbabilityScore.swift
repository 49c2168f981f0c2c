//  StudentTMixture+ContinuousRankedProbabilityScore.swift — the CRPS of a mixture of Student-t, by quadrature.
//
//  Equations  (1) CRPS = ∫₀^∞ F(y − x)² dx + ∫₀^∞ (1 − F(y + x))² dx
//             (2) x = r ((1 − u)^−q − 1),  u in [0, 1),  r the mean distance of the draws from y plus their scale
//
//  There is no closed form for draws of different scales. The integrands of (1) fall as x^−2ν, so that they are finite for
//  ν > ½ alone. With q = max(1, 1/(2ν − 1)) in (2) the integrand over u is bounded.
//
//  Cost       some hundreds of times 2S evaluations of the distribution function.

import Foundation

extension StudentTMixture {
  /// The error that is asked for, relative to r of equation (2).
  private static let tolerance = 1e-9

  /// The continuous ranked probability score at y, in the unit of y; 0 is perfect. Infinite for ν ≤ ½.
  public func continuousRankedProbabilityScore(_ y: Double) -> Double {
    guard degreesOfFreedom > 0.5 else { return .infinity }
    let standard = StandardStudentT(degreesOfFreedom: degreesOfFreedom)
    var reach = 0.0
    for (location, scale) in zip(locations, scales) { reach += (abs(y - location) + scale) / Double(locations.count) }
    guard reach.isFinite && reach > 0 else { return reach }
    let power = max(1, 1 / (2 * degreesOfFreedom - 1))
    let integral = AdaptiveQuadrature.integral(0, 1, tolerance: Self.tolerance) { u in
      let growth = pow(1 - u, -power)
      let x = reach * (growth - 1)  // (2)
      let below = Self.cumulative(y - x, self, standard)
      let above = Self.survival(y + x, self, standard)
      return (below * below + above * above) * power * growth / (1 - u)
    }
    return reach * integral  // (1)
  }
}
