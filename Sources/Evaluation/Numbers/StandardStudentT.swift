//  StandardStudentT.swift — Student's t around 0 with scale 1, tails included.
//
//  Notation   ν  degrees of freedom     a = ν/2     T  cumulative distribution     x = ν/(ν + z²)
//
//  Equations  (1) log p(z) = −log B(a, ½) − ½ log ν − (a + ½) log(1 + z²/ν)
//             (2) 1 − T(z) = ½ Iₓ(a, ½) for z > 0
//             (3) T(z) − ½ = ½ I₁₋ₓ(½, a) for z > 0
//             (4) T(z) = Φ(w) for ν > 10⁴, w² a series in (ν − ½) log(1 + z²/ν): to 1e-13 of the tail up to |z| = 30, where (2)
//                 takes √ν terms                                                              [Hill 1970]
//             (5) the quantile of a tail p is that of Newton's step in (log z, log(1 − T)), nearly straight far out
//
//  Cost       tens of terms; a hundred near z = √3 for ν = 10⁴, and a few operations above.

import Foundation

/// Student's t distribution around 0 with scale 1.
package struct StandardStudentT {
  package let degreesOfFreedom: Double
  private let logNormaliser: Double

  /// Precondition: degreesOfFreedom > 0.
  package init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
    logNormaliser = -logBeta(0.5 * degreesOfFreedom, 0.5) - 0.5 * log(degreesOfFreedom)
  }

  /// log(1 + z²/ν), also where z² is not finite.
  private func logTail(_ z: Double) -> Double {
    abs(z) < 1e150 ? log1p(z * z / degreesOfFreedom) : 2 * log(abs(z)) - log(degreesOfFreedom)
  }

  /// Equation (1). Unit: nats.
  package func logDensity(_ z: Double) -> Double { logNormaliser - 0.5 * (degreesOfFreedom + 1) * logTail(z) }

  package func density(_ z: Double) -> Double { exp(logDensity(z)) }

  /// T(z).
  package func cumulative(_ z: Double) -> Double { z < 0 ? tail(-z) : 0.5 + centre(z) }

  /// 1 − x. Its logarithms do not overflow where z² does.
  private func point(_ z: Double) -> UnitPoint {
    abs(z) < 1e150
      ? UnitPoint(odds: z * z / degreesOfFreedom) : UnitPoint(logit: 2 * log(abs(z)) - log(degreesOfFreedom))
  }

  /// 1 − T(z) for z ≥ 0.
  private func tail(_ z: Double) -> Double {
    if degreesOfFreedom > 1e4 { return StandardNormal.cumulative(-normalScore(z)) }
    return 0.5 * RegularizedBeta.lower(0.5 * degreesOfFreedom, 0.5, point(z).reflected)  // (2)
  }

  /// T(z) − ½ for z ≥ 0.
  private func centre(_ z: Double) -> Double {
    if degreesOfFreedom > 1e4 { return 0.5 * erf(normalScore(z) / 2.0.squareRoot()) }
    return 0.5 * RegularizedBeta.lower(0.5, 0.5 * degreesOfFreedom, point(z))  // (3)
  }

  /// The argument of Φ in (4), for z ≥ 0.
  private func normalScore(_ z: Double) -> Double {
    if z.isInfinite { return z }
    let a = degreesOfFreedom - 0.5
    let b = 48 * a * a
    let y = a * logTail(z)
    let correction = (((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b)
    return ((correction + y + 3) / b + 1) * y.squareRoot()
  }

  /// The z below which lies the probability p: −∞ at 0, ∞ at 1, not a number outside of [0, 1].
  package func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p == 0 { return -.infinity }
    if p > 0.5 { return p > 0.75 ? -quantile(1 - p) : centralQuantile(p - 0.5) }
    return p < 0.25 ? -tailQuantile(p) : -centralQuantile(0.5 - p)
  }

  /// The z > 0 with T(z) = ½ + excess, for excess in [0, ¼].
  private func centralQuantile(_ excess: Double) -> Double {
    if excess == 0 { return 0 }
    var upper = excess / density(0)
    while cumulative(upper) - 0.5 < excess { upper *= 2 }
    return bracketedRoot(
      0, upper, excess: { centre($0) - excess }, slope: { density($0) })
  }

  /// The z > 0 with 1 − T(z) = p, for p < ¼, equation (5).
  private func tailQuantile(_ p: Double) -> Double {
    let logProbability = log(p)
    let excess = { (logZ: Double) in logProbability - log(tail(exp(logZ))) }
    let slope = { (logZ: Double) in
      exp(logDensity(exp(logZ)) + logZ - log(tail(exp(logZ))))
    }
    var (lower, upper) = (-1.0, 1.0)
    while excess(lower) > 0 { lower *= 2 }
    while excess(upper) < 0 && upper < 700 { upper *= 2 }
    return exp(bracketedRoot(lower, upper, excess: excess, slope: slope))
  }
}
