//  NegativeBinomial.swift — counts whose rate is a gamma variable.
//
//  Equations  (1) P(k) = Γ(k + r) / (k! Γ(r)) pʳ (1−p)ᵏ: failures before the r-th success, r > 0 real
//             (2) F(k) = I_p(r, k + 1)

import Evaluation
import Foundation

/// The number of failures before the r-th success of probability p.
public struct NegativeBinomial: UnivariateDistribution, Hashable, Codable {
  public let successes: Double
  public let probability: Double

  /// Precondition: successes > 0, probability in (0, 1].
  public init(successes: Double, probability: Double) {
    precondition(
      successes > 0 && probability > 0 && probability <= 1,
      "NegativeBinomial(\(successes), \(probability)) does not exist")
    self.successes = successes
    self.probability = probability
  }

  public func logDensity(_ x: Double) -> Double {
    guard x >= 0, x == x.rounded(), x.isFinite else { return x.isNaN ? .nan : -.infinity }
    // Γ(k + r) / (k! Γ(r)) = 1 / ((k + r) B(r, k + 1)).
    return successes * log(probability) + weighted(x, log1p(-probability)) - log(x + successes)
      - logBeta(successes, x + 1)
  }

  public var mean: Double { successes * (1 - probability) / probability }
  public var variance: Double { mean / probability }

  public func cumulative(_ x: Double) -> Double {
    x < 0 ? 0 : RegularizedBeta.lower(successes, x.rounded(.down) + 1, probability)  // (2)
  }

  public func survival(_ x: Double) -> Double {
    x < 0 ? 1 : RegularizedBeta.upper(successes, x.rounded(.down) + 1, probability)
  }

  public func quantile(_ p: Double) -> Double { leastWhole(p, within: nil) { cumulative($0) >= p } }
}
