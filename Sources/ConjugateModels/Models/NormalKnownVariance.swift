//  NormalKnownVariance.swift — the mean of normal observations whose variance is known.
//
//  Notation   σ²  variance of an observation     N(μ₀, τ²) prior     x̄, q mean and Σ (xᵢ − x̄)² of n observations
//
//  Equations  (1) 1/τₙ² = 1/τ² + n/σ²,   μₙ = μ₀ + (x̄ − μ₀) n τₙ²/σ²
//             (2) log p(D) = −n/2 log 2πσ² − 1/2 log(1 + n τ²/σ²) − q/(2σ²) − n (x̄ − μ₀)² / (2 (σ² + n τ²))
//             (3) a further observation: N(μₙ, σ² + τₙ²)

import Foundation

/// Normal observations with an unknown mean.
public struct NormalKnownVariance: ConjugateModel, Hashable, Codable {
  public typealias Observation = Double

  public let prior: NormalDistribution
  /// σ².
  public let noiseVariance: Double
  private var moments = Moments()

  /// Precondition: noiseVariance > 0.
  public init(prior: NormalDistribution, noiseVariance: Double) {
    precondition(noiseVariance > 0, "a noise variance of \(noiseVariance): it is positive")
    self.prior = prior
    self.noiseVariance = noiseVariance
  }

  public var posterior: NormalDistribution {
    let n = Double(moments.count)
    let variance = prior.variance / (1 + n * prior.variance / noiseVariance)  // (1)
    return NormalDistribution(
      mean: prior.mean + (moments.mean - prior.mean) * n * variance / noiseVariance, variance: variance)
  }

  public var observationCount: Int { moments.count }

  public var logEvidence: Double {
    let n = Double(moments.count)
    let distance = moments.mean - prior.mean
    return -0.5 * n * log(2 * .pi * noiseVariance) - 0.5 * log1p(n * prior.variance / noiseVariance)
      - 0.5 * moments.squares / noiseVariance
      - 0.5 * n * distance * distance / (noiseVariance + n * prior.variance)  // (2)
  }

  public mutating func observe(_ observations: some Sequence<Double>) {
    for x in observations { moments.add(x) }
  }

  /// A further observation, equation (3).
  public var predictive: NormalDistribution {
    let posterior = posterior
    return NormalDistribution(mean: posterior.mean, variance: noiseVariance + posterior.variance)
  }
}
