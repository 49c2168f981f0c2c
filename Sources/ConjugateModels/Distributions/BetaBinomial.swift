//  BetaBinomial.swift — how many of n trials succeed, when their common probability is Beta(α, β).
//
//  Equations  (1) P(k) = C(n, k) B(k + α, n − k + β) / B(α, β)
//             (2) Var = n αβ (α + β + n) / ((α + β)² (α + β + 1))
//
//  Cost       n terms for the cumulative distribution.

import Evaluation
import Foundation

/// The number of successes in n trials with an unknown probability.
public struct BetaBinomial: UnivariateDistribution, Hashable, Codable {
  public let trials: Int
  public let probability: BetaDistribution

  /// Precondition: trials ≥ 0.
  public init(trials: Int, probability: BetaDistribution) {
    precondition(trials >= 0, "\(trials) trials")
    self.trials = trials
    self.probability = probability
  }

  public func logDensity(_ x: Double) -> Double {
    guard x >= 0, x <= Double(trials), x == x.rounded() else { return x.isNaN ? .nan : -.infinity }
    let n = Double(trials)
    let choose = -log(n + 1) - logBeta(n - x + 1, x + 1)
    return choose + probability.logEvidence(successes: x, failures: n - x)  // (1)
  }

  public var mean: Double { Double(trials) * probability.mean }

  public var variance: Double {
    let (a, b, n) = (probability.alpha, probability.beta, Double(trials))
    return n * a * b * (a + b + n) / ((a + b) * (a + b) * (a + b + 1))  // (2)
  }

  public func cumulative(_ x: Double) -> Double {
    if x.isNaN { return .nan }
    if x >= Double(trials) { return 1 }
    return x < 0 ? 0 : min(sum(0...Int(x)), 1)
  }

  public func survival(_ x: Double) -> Double {
    if x.isNaN { return .nan }
    if x >= Double(trials) { return 0 }
    return x < 0 ? 1 : min(sum(Int(x) + 1...trials), 1)
  }

  public func quantile(_ p: Double) -> Double {
    leastWhole(p, within: trials) { cumulative($0) >= p }
  }

  /// Σ P(k).
  private func sum(_ counts: ClosedRange<Int>) -> Double { counts.reduce(0) { $0 + exp(logDensity(Double($1))) } }
}
