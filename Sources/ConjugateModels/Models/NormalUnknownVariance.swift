//  NormalUnknownVariance.swift — mean and variance of normal observations.
//
//  Notation   x̄, q  mean and Σ (xᵢ − x̄)² of n observations     m, κ, a, b of `NormalInverseGamma`
//
//  Equations  (1) κₙ = κ + n,   mₙ = m + (x̄ − m) n/κₙ,   aₙ = a + n/2,   bₙ = b + q/2 + κ n (x̄ − m)² / (2 κₙ)
//             (2) log p(D) = log Γ(aₙ)/Γ(a) + a log b − aₙ log bₙ + 1/2 log(κ/κₙ) − n/2 log 2π     [Murphy 2007]

import Evaluation
import Foundation

/// Normal observations with unknown mean and variance.
public struct NormalUnknownVariance: ConjugateModel, Hashable, Codable {
  public typealias Observation = Double

  public let prior: NormalInverseGamma
  private var moments = Moments()

  public init(prior: NormalInverseGamma) { self.prior = prior }

  public var posterior: NormalInverseGamma {
    let n = Double(moments.count)
    let weight = prior.weight + n
    return NormalInverseGamma(  // (1)
      location: prior.location + (moments.mean - prior.location) * n / weight, weight: weight,
      shape: prior.shape + 0.5 * n, scale: prior.scale + scaleRise)
  }

  /// bₙ − b, of which a strong prior leaves no digit in bₙ.
  private var scaleRise: Double {
    let n = Double(moments.count)
    let distance = moments.mean - prior.location
    return 0.5 * moments.squares + 0.5 * prior.weight * n * distance * distance / (prior.weight + n)
  }

  public var observationCount: Int { moments.count }

  public var logEvidence: Double {
    let n = Double(moments.count)
    if n == 0 { return 0 }
    // (2) with Γ(aₙ)/Γ(a) as a^(n/2) and what is left of it, which vanishes as a grows.
    return logRisingExcess(prior.shape, 0.5 * n) - prior.shape * log1p(scaleRise / prior.scale)
      - 0.5 * n * log(2 * .pi * posterior.scale / prior.shape) - 0.5 * log1p(n / prior.weight)
  }

  public mutating func observe(_ observations: some Sequence<Double>) {
    for x in observations { moments.add(x) }
  }

  /// A further observation: Student-t, equation (3) of `NormalInverseGamma`.
  public var predictive: StudentTDistribution {
    let p = posterior
    return StudentTDistribution(
      degreesOfFreedom: 2 * p.shape, location: p.location,
      scale: (p.scale * (p.weight + 1) / (p.shape * p.weight)).squareRoot())
  }
}
