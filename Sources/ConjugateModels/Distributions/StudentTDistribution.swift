//  StudentTDistribution.swift — a normal variable whose variance is inverse-gamma.
//
//  Notation   ν  degrees of freedom     t = (x − μ) / s
//
//  Equations  (1) p(x) = (1 + t²/ν)^(−(ν+1)/2) / (s √ν B(ν/2, 1/2))
//             (2) F(x) = 1/2 I_w(ν/2, 1/2) for t < 0, w = ν / (ν + t²)                [Abramowitz & Stegun, 26.7]

import Evaluation
import Foundation

/// Student's t with ν degrees of freedom, location μ and scale s.
public struct StudentTDistribution: UnivariateDistribution, Hashable, Codable {
  public let degreesOfFreedom: Double
  public let location: Double
  public let scale: Double

  /// Precondition: degreesOfFreedom > 0, scale > 0, both finite.
  public init(degreesOfFreedom: Double, location: Double = 0, scale: Double = 1) {
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite && scale > 0,
      "Student's t with \(degreesOfFreedom) degrees of freedom and scale \(scale): both are positive")
    self.degreesOfFreedom = degreesOfFreedom
    self.location = location
    self.scale = scale
  }

  public func logDensity(_ x: Double) -> Double {
    let t = (x - location) / scale
    let nu = degreesOfFreedom
    // Far out, t² / ν may overflow where its logarithm does not.
    let growth = abs(t) > 1e100 ? 2 * log(abs(t)) - log(nu) : log1p(t * t / nu)
    return -0.5 * (nu + 1) * growth - log(scale) - 0.5 * log(nu) - logBeta(0.5 * nu, 0.5)  // (1)
  }

  public var mean: Double { degreesOfFreedom > 1 ? location : .nan }

  public var variance: Double {
    let nu = degreesOfFreedom
    return nu > 2 ? scale * scale * nu / (nu - 2) : nu > 1 ? .infinity : .nan
  }

  public func cumulative(_ x: Double) -> Double { Self.cumulative((x - location) / scale, degreesOfFreedom) }
  public func survival(_ x: Double) -> Double { Self.cumulative((location - x) / scale, degreesOfFreedom) }

  private static func cumulative(_ t: Double, _ nu: Double) -> Double {
    if t.isNaN { return .nan }
    if t > 0 { return 1 - cumulative(-t, nu) }
    // The logarithm of (1 − w)/w = t²/ν does not overflow.
    let point = UnitPoint(logit: log(nu) - 2 * log(-t))
    return 0.5 * RegularizedBeta.lower(0.5 * nu, 0.5, point)  // (2)
  }

  public func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p > 0.5 { return location + scale * Self.upperQuantile(1 - p, degreesOfFreedom) }
    return location - scale * Self.upperQuantile(p, degreesOfFreedom)
  }

  /// The t ≥ 0 above which lies the probability q ≤ 1/2: (2) solved for w, and t = √(ν (1 − w)/w).
  private static func upperQuantile(_ q: Double, _ nu: Double) -> Double {
    let logit = RegularizedBeta.logitQuantile(0.5 * nu, 0.5, 2 * q, complement: 1 - 2 * q)
    return exp(0.5 * (log(nu) - logit))
  }
}
