//  GammaPoisson.swift — the rate of events from counts.
//
//  Notation   xᵢ  counts, each over an exposure of 1     n of them, with sum s
//
//  Equations  (1) p(λ | D) = Gamma(a + s, b + n)
//             (2) p(D) = bᵃ / (b + n)ᵃ⁺ˢ · Γ(a + s) / Γ(a) · Π 1/xᵢ!
//             (3) a further count over an exposure t: NegativeBinomial(a + s), with t / (b + n) failures for each success

import Evaluation
import Foundation

/// Counts with one unknown rate.
public struct GammaPoisson: ConjugateModel, Hashable, Codable {
  public typealias Observation = Int

  public let prior: GammaDistribution
  public private(set) var observationCount = 0
  /// s, the sum of the counts.
  public private(set) var total = 0
  /// Σ log xᵢ!.
  private var logFactorials = 0.0

  public init(prior: GammaDistribution) { self.prior = prior }

  public var posterior: GammaDistribution {
    GammaDistribution(shape: prior.shape + Double(total), rate: prior.rate + Double(observationCount))  // (1)
  }

  public var logEvidence: Double {
    let posterior = posterior
    // Γ(a + s)/Γ(a) through B(a, s), which does not cancel.
    let rise = total == 0 ? 0 : logGamma(Double(total)) - logBeta(prior.shape, Double(total))
    let ratio = -prior.shape * log1p(Double(observationCount) / prior.rate)
    return rise + ratio - weighted(Double(total), log(posterior.rate)) - logFactorials  // (2)
  }

  /// Takes counts in. Precondition: none is negative.
  public mutating func observe(_ counts: some Sequence<Int>) {
    for count in counts {
      precondition(count >= 0, "a count of \(count)")
      observationCount += 1
      total += count
      logFactorials += logGamma(Double(count) + 1)
    }
  }

  /// A further count over an exposure, equation (3). Precondition: exposure > 0.
  public func predictive(exposure: Double = 1) -> NegativeBinomial {
    precondition(exposure > 0, "an exposure of \(exposure)")
    let posterior = posterior
    return NegativeBinomial(successes: posterior.shape, failureOdds: exposure / posterior.rate)
  }
}
