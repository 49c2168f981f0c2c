//  StandardNormal.swift — the distribution N(0, 1) to full accuracy, tails included.
//
//  Notation   φ density     Φ cumulative distribution     erfc complementary error function
//
//  Equations  (1) Φ(z) = erfc(−z/√2) / 2
//             (2) log Φ(z) ~ −z²/2 − log(−z √2π) + log Σₖ (−1)ᵏ (2k−1)!! / z²ᵏ  as z → −∞  [Abramowitz & Stegun, 26.2.12]
//             (3) Halley's step for g(z) = log Φ(z) − log p, with h = φ/Φ = g′ and g″ = −h (z + h):
//                 z ← z − (g/h) / (1 + (g/h) (z + h) / 2)
//
//  In (1), erfc keeps its relative accuracy until it leaves the normal numbers, near z = −37.5. The series (2) is used
//  below z = −20, where ten terms reach the rounding error.

import Foundation

/// The standard normal distribution.
public enum StandardNormal {
  /// log √2π.
  static let logNormaliser = 0.5 * log(2 * Double.pi)

  /// φ(z).
  public static func density(_ z: Double) -> Double { exp(logDensity(z)) }

  /// log φ(z). Unit: nats.
  public static func logDensity(_ z: Double) -> Double { -0.5 * z * z - logNormaliser }

  /// Φ(z), the probability below z.
  public static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }  // (1)

  /// log Φ(z), finite as long as z² is. Unit: nats.
  public static func logCumulative(_ z: Double) -> Double {
    if z > 0 { return log1p(-cumulative(-z)) }
    if z < -20 { return logDensity(z) - log(-z) + log(tailSeries(z)) }
    return log(cumulative(z))
  }

  /// The z below which lies the probability p: −∞ at 0, ∞ at 1, not a number outside of [0, 1].
  public static func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p == 0 { return -.infinity }
    if p > 0.75 { return -quantile(1 - p) }  // 1 − p is exact here.
    return p < 0.25 ? tailQuantile(logProbability: log(p)) : centralQuantile(p - 0.5)
  }

  /// The sum in (2), for z < −20.
  private static func tailSeries(_ z: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    for k in 1...10 {
      term *= -Double(2 * k - 1) / (z * z)
      sum += term
    }
    return sum
  }

  /// The quantile for p < 1/4. A logarithm keeps every digit of a small probability.
  private static func tailQuantile(logProbability: Double) -> Double {
    // Abramowitz & Stegun 26.2.22, within 0.003; each step of (3) triples the number of correct digits.
    let t = (-2 * logProbability).squareRoot()
    var z = -(t - (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t))
    for _ in 0..<3 {
      let logCumulative = logCumulative(z)
      let h = exp(logDensity(z) - logCumulative)
      let step = (logCumulative - logProbability) / h
      z -= step / (1 + 0.5 * step * (z + h))  // (3)
    }
    return z
  }

  /// The quantile of p = 1/2 + excess for |excess| ≤ 1/4, by Halley's method on erf(z/√2)/2 − excess, which keeps the
  /// relative accuracy of z as it goes to 0.
  private static func centralQuantile(_ excess: Double) -> Double {
    var z = excess * (2 * Double.pi).squareRoot()
    for _ in 0..<4 {
      let step = (0.5 * erf(z / 2.0.squareRoot()) - excess) / density(z)
      z -= step / (1 + 0.5 * step * z)
    }
    return z
  }
}
