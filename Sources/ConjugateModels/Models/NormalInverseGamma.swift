//  NormalInverseGamma.swift — a mean and a variance, neither known.
//
//  Equations  (1) σ² ~ InverseGamma(a, b),   μ | σ² ~ N(m, σ²/κ)
//             (2) μ ~ Student-t with 2a degrees of freedom, location m, scale √(b/(aκ))
//             (3) an observation N(μ, σ²): Student-t with 2a, m, √(b (κ+1)/(aκ))         [Murphy 2007]

import Foundation

/// The joint distribution (1) of a mean μ and a variance σ².
public struct NormalInverseGamma: Hashable, Codable, Sendable {
  /// m.
  public let location: Double
  /// κ, the prior's weight in observations.
  public let weight: Double
  /// a.
  public let shape: Double
  /// b.
  public let scale: Double

  /// Precondition: weight, shape and scale are positive.
  public init(location: Double, weight: Double, shape: Double, scale: Double) {
    precondition(
      weight > 0 && shape > 0 && scale > 0,
      "a normal–inverse-gamma of weight \(weight), shape \(shape), scale \(scale): all are positive")
    self.location = location
    self.weight = weight
    self.shape = shape
    self.scale = scale
  }

  /// log p(μ, σ²). Unit: nats.
  public func logDensity(mean: Double, variance: Double) -> Double {
    guard variance > 0 else { return variance.isNaN ? .nan : -.infinity }
    return self.variance.logDensity(variance)
      + NormalDistribution(mean: location, variance: variance / weight).logDensity(mean)
  }

  /// The distribution of μ alone, equation (2).
  public var mean: StudentTDistribution {
    StudentTDistribution(
      degreesOfFreedom: 2 * shape, location: location, scale: (scale / (shape * weight)).squareRoot())
  }

  /// The distribution of σ² alone.
  public var variance: InverseGammaDistribution { InverseGammaDistribution(shape: shape, scale: scale) }
}
