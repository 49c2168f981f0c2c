//  PoissonDistribution.swift — the distribution of a count with one rate.
//
//  Notation   λ  rate     k  a count     Q(a, x) = Γ(a, x)/Γ(a), regularised     P = 1 − Q
//
//  Equations  (1) log p(k) = −δ(k) − D − ½ log 2πk,  D = k (r − log(1 + r)),  r = (λ − k)/k          [Loader 2000]
//             (2) F(k) = Q(k + 1, λ)
//             (3) P(a, x) = p(a) Σₙ xⁿ / ((a + 1) … (a + n))  for x < a + 1,  p(a) = xᵃ e⁻ˣ / Γ(a + 1)
//             (4) Q(a, x) = p(a) a / (x + 1 − a + K),  K = 1(a − 1)/(x + 3 − a + 2(a − 2)/(x + 5 − a + …)) above
//             (5) Q(a, x) ≈ ½ erfc(η √(a/2)) + e^(−a η²/2) / √(2πa) · (1/μ − 1/η),  μ = x/a − 1,  ½ η² = μ − log(1 + μ),
//                 for a > 10⁷                                                               [Temme 1979]
//
//  (1) subtracts no large numbers, as y log λ − λ − log y! does. (3) and (4) take some √λ terms near the mean.

import Foundation

/// A Poisson distribution.
struct PoissonDistribution {
  let rate: Double

  /// log p(k). Unit: nats. −∞ for what is not a count.
  func logProbability(_ k: Double) -> Double {
    if k.isNaN || rate.isNaN { return .nan }
    guard k >= 0, k == k.rounded(.down), k.isFinite else { return -.infinity }
    if rate == 0 { return k == 0 ? 0 : -.infinity }
    return Self.logFactor(k, rate)
  }

  /// log(xᵃ e⁻ˣ / Γ(a + 1)), equation (1), for x > 0 and a ≥ 0.
  private static func logFactor(_ a: Double, _ x: Double) -> Double {
    if a == 0 { return -x }
    let deviance = a * excessOverLogarithm((x - a) / a)
    return -LogGamma.stirlingError(a) - deviance - 0.5 * log(2 * Double.pi * a)
  }

  /// r − log(1 + r), without cancellation near 0.
  private static func excessOverLogarithm(_ r: Double) -> Double {
    guard abs(r) < 0.1 else { return r - log1p(r) }
    // log(1 + r) = 2 artanh(s), s = r/(2 + r), so that r − log(1 + r) = r s − 2 (s³/3 + s⁵/5 + …).
    let s = r / (2 + r)
    var (sum, power, n) = (0.0, s * s * s, 3.0)
    while sum + power / n != sum {
      sum += power / n
      power *= s * s
      n += 2
    }
    return r * s - 2 * sum
  }

  /// F(k), the probability of counts up to k.
  func cumulative(_ k: Double) -> Double { probabilities(k).below }

  /// 1 − F(k) without cancellation.
  func survival(_ k: Double) -> Double { probabilities(k).above }

  /// F(k) and 1 − F(k), equation (2).
  private func probabilities(_ k: Double) -> (below: Double, above: Double) {
    if k.isNaN || rate.isNaN { return (.nan, .nan) }
    if k < 0 { return (0, 1) }
    if k.isInfinite || rate == 0 { return (1, 0) }
    if rate.isInfinite { return (0, 1) }
    let a = k.rounded(.down) + 1
    if a > 1e7 { return Self.uniformExpansion(a, rate) }
    if rate < a + 1 {
      let above = exp(Self.logFactor(a, rate)) * Self.series(a, rate)  // (3)
      return (1 - above, above)
    }
    let fraction = ContinuedFraction.value(rate + 1 - a) { n in (n * (a - n), rate + 1 + 2 * n - a) }
    let below = exp(Self.logFactor(a, rate)) * a / fraction  // (4)
    return (below, 1 - below)
  }

  /// Σₙ xⁿ / ((a + 1) … (a + n)), n ≥ 0.
  private static func series(_ a: Double, _ x: Double) -> Double {
    var (sum, term, n) = (1.0, 1.0, 1.0)
    while term > sum * 1e-17 {
      term *= x / (a + n)
      sum += term
      n += 1
    }
    return sum
  }

  /// Equation (5).
  private static func uniformExpansion(_ a: Double, _ x: Double) -> (below: Double, above: Double) {
    let mu = (x - a) / a
    let eta = (2 * excessOverLogarithm(mu)).squareRoot() * (mu < 0 ? -1 : 1)
    // 1/μ − 1/η = −1/3 + η/12 − …, where the two nearly cancel.
    let coefficient = abs(mu) < 1e-3 ? -1.0 / 3 + eta / 12 : 1 / mu - 1 / eta
    let rest = exp(-0.5 * a * eta * eta) / (2 * Double.pi * a).squareRoot() * coefficient
    let z = eta * (0.5 * a).squareRoot()
    return (0.5 * erfc(z) + rest, 0.5 * erfc(-z) - rest)
  }
}
