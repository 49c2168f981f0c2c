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
    let distance = moments.mean - prior.location
    return NormalInverseGamma(  // (1)
      location: prior.location + distance * n / weight, weight: weight, shape: prior.shape + 0.5 * n,
      scale: prior.scale + 0.5 * moments.squares + 0.5 * prior.weight * n * distance * distance / weight)
  }

  public var observationCount: Int { moments.count }

  public var logEvidence: Double {
    let n = Double(moments.count)
    if n == 0 { return 0 }
    let posterior = posterior
    // Γ(a + n/2)/Γ(a) through B(a, n/2), which does not cancel.
    let rise = logGamma(0.5 * n) - logBeta(prior.shape, 0.5 * n)
    return rise - prior.shape * log(posterior.scale / prior.scale) - 0.5 * n * log(posterior.scale)
      - 0.5 * log1p(n / prior.weight) - 0.5 * n * log(2 * .pi)  // (2)
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
