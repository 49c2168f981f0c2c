//  InverseGammaDistribution.swift — 1/x of a gamma variable: a variance that is not known.
//
//  Equation   (1) p(x) = bᵃ x⁻ᵃ⁻¹ e^(−b/x) / Γ(a),  x > 0

import Evaluation
import Foundation

/// The distribution of b / Gamma(a, 1), with shape a and scale b.
public struct InverseGammaDistribution: UnivariateDistribution, Hashable, Codable {
  public let shape: Double
  public let scale: Double

  /// Precondition: both positive and finite.
  public init(shape: Double, scale: Double) {
    precondition(
      shape > 0 && scale > 0 && shape.isFinite && scale.isFinite, "InverseGamma(\(shape), \(scale)): both are positive")
    self.shape = shape
    self.scale = scale
  }

  public func logDensity(_ x: Double) -> Double {
    guard x > 0, scale / x < .infinity else { return x.isNaN ? .nan : -.infinity }
    return logGammaTerm(shape, scale / x, logX: log(scale) - log(x)) - log(x)  // (1)
  }

  public var mean: Double { shape > 1 ? scale / (shape - 1) : .infinity }

  public var variance: Double {
    shape > 2 ? scale * scale / ((shape - 1) * (shape - 1) * (shape - 2)) : shape > 1 ? .infinity : .nan
  }

  public func cumulative(_ x: Double) -> Double { x <= 0 ? 0 : RegularizedGamma.upper(shape, scale / x) }
  public func survival(_ x: Double) -> Double { x <= 0 ? 1 : RegularizedGamma.lower(shape, scale / x) }
  public func quantile(_ p: Double) -> Double { scale / RegularizedGamma.upperQuantile(shape, p) }
}
