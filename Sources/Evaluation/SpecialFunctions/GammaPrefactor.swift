//  GammaPrefactor.swift — the power terms of the gamma and beta distributions without cancellation.
//
//  Equations  (1) log Γ(a) = (a − 1/2) log a − a + 1/2 log 2π + δ(a), which defines Stirling's error δ
//             (2) δ(a) ~ Σₖ B₂ₖ / (2k (2k−1) a²ᵏ⁻¹)                              [Abramowitz & Stegun, 6.1]
//             (3) D(a, m) = a log(a/m) + m − a ≥ 0, the deviance
//             (4) xᵃ e⁻ˣ / Γ(a)          = √(a/2π) exp(−D(a, x) − δ(a))
//             (5) xᵃ (1−x)ᵇ Γ(n) / (Γ(a) Γ(b)) = √(ab/2πn) exp(−D(a, nx) − D(b, n(1−x)) + δ(n) − δ(a) − δ(b)), n = a + b
//
//  Written as differences of logarithms of Γ, (4) and (5) lose as many digits as a has; here each term is small where the
//  result is not. [Loader 2000]

import Foundation

enum GammaPrefactor {
  /// δ(a), equation (1). Precondition: a > 0.
  static func stirlingError(_ a: Double) -> Double {
    if a < 12 { return logGamma(a) - (a - 0.5) * log(a) + a - StandardNormal.logNormaliser }
    let inverseSquare = 1 / (a * a)
    var sum = 0.0
    for coefficient in seriesCoefficients.reversed() { sum = sum * inverseSquare + coefficient }
    return sum / a  // (2)
  }

  /// B₂ₖ / (2k (2k−1)) for k = 1…8: the next term is below 1e-16 at a = 12.
  private static let seriesCoefficients: [Double] = [
    1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400,
  ]

  /// D(a, m), equation (3), given log(m/a). Precondition: a > 0, m ≥ 0.
  static func deviance(_ a: Double, _ m: Double, logRatio: Double) -> Double {
    let t = (m - a) / a
    // Away from 1, the ratio's logarithm does not cancel, and is known better than by t.
    return abs(t) > 0.4 ? m - a - a * logRatio : -a * logExcess(t)
  }

  /// log(1 + t) − t. Precondition: |t| ≤ 0.4.
  static func logExcess(_ t: Double) -> Double {
    // With v = t/(2+t): log(1+t) = 2 (v + v³/3 + v⁵/5 + …) and 2v − t = −v t.
    let v = t / (2 + t)
    let square = v * v
    var power = v * square
    var sum = 0.0
    var k = 3.0
    while true {
      let term = power / k
      sum += term
      if abs(term) <= 1e-17 * abs(sum) || term == 0 { return 2 * sum - v * t }
      power *= square
      k += 2
    }
  }

  /// The logarithm of (4), given log x. Precondition: a > 0, x ≥ 0.
  static func logGammaTerm(_ a: Double, _ x: Double, logX: Double) -> Double {
    if a < 1 { return a * logX - x - logGamma(a) }
    return 0.5 * log(a / (2 * .pi)) - deviance(a, x, logRatio: logX - log(a)) - stirlingError(a)
  }

  /// The logarithm of (5). Precondition: a, b > 0.
  static func logBetaTerm(_ a: Double, _ b: Double, _ point: UnitPoint) -> Double {
    if min(a, b) < 1 { return a * point.logValue + b * point.logComplement - logBeta(a, b) }
    let n = a + b
    let first = deviance(a, n * point.value, logRatio: point.logValue + log(n / a))
    let second = deviance(b, n * point.complement, logRatio: point.logComplement + log(n / b))
    return 0.5 * (log(a / n) + log(b / (2 * .pi))) - first - second + stirlingError(n) - stirlingError(a)
      - stirlingError(b)
  }

  /// log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), by (1) where the arguments are large.
  static func logBeta(_ a: Double, _ b: Double) -> Double {
    let (small, large) = (min(a, b), max(a, b))
    if large < 12 { return logGamma(small) + logGamma(large) - logGamma(small + large) }
    let n = small + large
    let ratio = stirlingError(large) - stirlingError(n)
    if small < 12 {
      // log Γ(large) − log Γ(n) with the leading terms subtracted by hand.
      return logGamma(small) + ratio - (large - 0.5) * log1p(small / large) - small * log(n) + small
    }
    return StandardNormal.logNormaliser + stirlingError(small) + ratio - 0.5 * log(small) + small * log(small / n)
      - (large - 0.5) * log1p(small / large)
  }

  /// log |Γ(x)| without the global sign of the C library's function.
  static func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }
}
