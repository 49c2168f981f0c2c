//  BetaDistribution.swift — a probability that is not known.
//
//  Equation   (1) p(x) = xᵅ⁻¹ (1−x)ᵝ⁻¹ / B(α, β),  0 ≤ x ≤ 1

import Evaluation
import Foundation

/// Beta(α, β).
public struct BetaDistribution: UnivariateDistribution, Hashable, Codable {
  public let alpha: Double
  public let beta: Double

  /// Precondition: both positive and finite.
  public init(alpha: Double, beta: Double) {
    precondition(alpha > 0 && beta > 0 && alpha.isFinite && beta.isFinite, "Beta(\(alpha), \(beta)): both are positive")
    self.alpha = alpha
    self.beta = beta
  }

  public func logDensity(_ x: Double) -> Double {
    guard x >= 0, x <= 1 else { return x.isNaN ? .nan : -.infinity }
    if x == 0 || x == 1 { return weighted(x == 0 ? alpha - 1 : beta - 1, -.infinity) - logBeta(alpha, beta) }
    let point = UnitPoint(x, complement: 1 - x)
    return logBetaTerm(alpha, beta, point) - (point.logValue + point.logComplement)  // (1)
  }

  /// log B(α + s, β + f)/B(α, β): how probable so many successes and failures are, in one order. Unit: nats.
  ///
  /// The powers of the means of x and 1 − x, and what not knowing x adds, which vanishes as α and β grow.
  func logEvidence(successes: Double, failures: Double) -> Double {
    let excess = logRisingExcess(alpha, successes) + logRisingExcess(beta, failures)
    return weighted(successes, logShare(alpha, beside: beta)) + weighted(failures, logShare(beta, beside: alpha))
      + (excess - logRisingExcess(alpha + beta, successes + failures))
  }

  public var mean: Double { alpha / (alpha + beta) }

  public var variance: Double {
    let sum = alpha + beta
    return alpha * beta / (sum * sum * (sum + 1))
  }

  public func cumulative(_ x: Double) -> Double {
    x <= 0 ? 0 : x >= 1 ? 1 : RegularizedBeta.lower(alpha, beta, x)
  }

  public func survival(_ x: Double) -> Double { x <= 0 ? 1 : x >= 1 ? 0 : RegularizedBeta.upper(alpha, beta, x) }

  public func quantile(_ p: Double) -> Double { RegularizedBeta.quantile(alpha, beta, p) }
}

/// a b, where 0 · ∞ is 0: a factor to the power of 0 is 1.
func weighted(_ a: Double, _ b: Double) -> Double { a == 0 ? 0 : a * b }
