//  NegativeBinomial.swift — counts whose rate is a gamma variable.
//
//  Equations  (1) P(k) = Γ(k + r) / (k! Γ(r)) pʳ (1−p)ᵏ: failures before the r-th success, r > 0 real
//             (2) F(k) = I_p(r, k + 1)
//
//  What is kept is q = (1 − p)/p: for large r, where the distribution is all but Poisson's with mean r q, p is all but 1.

import Evaluation
import Foundation

/// The number of failures before the r-th success of probability p.
public struct NegativeBinomial: UnivariateDistribution, Hashable, Codable {
  public let successes: Double
  /// (1 − p)/p: the failures, on average, before each success.
  public let failureOdds: Double

  /// Precondition: successes > 0, probability in (0, 1].
  public init(successes: Double, probability: Double) {
    precondition(
      successes > 0 && probability > 0 && probability <= 1,
      "NegativeBinomial(\(successes), \(probability)) does not exist")
    self.init(successes: successes, failureOdds: (1 - probability) / probability)
  }

  /// Precondition: successes > 0, failureOdds ≥ 0 and finite.
  public init(successes: Double, failureOdds: Double) {
    precondition(
      successes > 0 && failureOdds >= 0 && failureOdds.isFinite,
      "a negative binomial distribution of \(successes) successes and \(failureOdds) failures for each does not exist")
    self.successes = successes
    self.failureOdds = failureOdds
  }

  /// p.
  public var probability: Double { point.value }

  private var point: UnitPoint { UnitPoint(odds: failureOdds).reflected }

  public func logDensity(_ x: Double) -> Double {
    guard x >= 0, x == x.rounded(), x.isFinite else { return x.isNaN ? .nan : -.infinity }
    if x == 0 { return -successes * log1p(failureOdds) }
    // Γ(k + r) / (k! Γ(r)) = 1 / (k B(r, k)).
    return failureOdds == 0 ? -.infinity : logBetaTerm(successes, x, point) - log(x)
  }

  public var mean: Double { successes * failureOdds }
  public var variance: Double { mean * (1 + failureOdds) }

  public func cumulative(_ x: Double) -> Double {
    x < 0 ? 0 : RegularizedBeta.lower(successes, x.rounded(.down) + 1, point)  // (2)
  }

  public func survival(_ x: Double) -> Double {
    x < 0 ? 1 : RegularizedBeta.lower(x.rounded(.down) + 1, successes, point.reflected)
  }

  public func quantile(_ p: Double) -> Double { leastWhole(p, within: nil) { cumulative($0) >= p } }
}
