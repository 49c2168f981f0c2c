//  GammaDistribution.swift — a positive number, as the rate of events.
//
//  Equation   (1) p(x) = bᵃ xᵃ⁻¹ e⁻ᵇˣ / Γ(a),  x ≥ 0

import Evaluation
import Foundation

/// Gamma(a, b) with shape a and rate b: mean a/b.
public struct GammaDistribution: UnivariateDistribution, Hashable, Codable {
  public let shape: Double
  public let rate: Double

  /// Precondition: both positive and finite.
  public init(shape: Double, rate: Double) {
    precondition(
      shape > 0 && rate > 0 && shape.isFinite && rate.isFinite, "Gamma(\(shape), \(rate)): both are positive")
    self.shape = shape
    self.rate = rate
  }

  public func logDensity(_ x: Double) -> Double {
    guard x >= 0, x < .infinity else { return x.isNaN ? .nan : -.infinity }
    if x == 0 { return weighted(shape - 1, -.infinity) + shape * log(rate) - logGamma(shape) }
    return logGammaTerm(shape, rate * x, logX: log(rate) + log(x)) - log(x)  // (1)
  }

  public var mean: Double { shape / rate }
  public var variance: Double { shape / (rate * rate) }
  public func cumulative(_ x: Double) -> Double { x <= 0 ? 0 : RegularizedGamma.lower(shape, rate * x) }
  public func survival(_ x: Double) -> Double { x <= 0 ? 1 : RegularizedGamma.upper(shape, rate * x) }
  public func quantile(_ p: Double) -> Double { RegularizedGamma.quantile(shape, p) / rate }
}
