//  RegularizedGamma.swift — the incomplete gamma function, its complement and its inverse.
//
//  Equations  (1) P(a, x) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt,   Q = 1 − P
//             (2) P(a, x) = xᵃ e⁻ˣ / Γ(a+1) Σₖ xᵏ / ((a+1) … (a+k))                [Abramowitz & Stegun, 6.5]
//             (3) Q(a, x) = xᵃ e⁻ˣ / Γ(a) · 1/(x+1−a− 1·(1−a)/(x+3−a− 2·(2−a)/(x+5−a− …)))   [Abramowitz & Stegun, 6.5]
//             (4) d log P / d log x = xᵃ e⁻ˣ / (Γ(a) P)
//             (5) Q(a, x) ≈ Φ(−w) + φ(w)/√a · (1/μ − 1/η),  μ = x/a − 1,  ½ η² = μ − log(1 + μ),  w = η √a,
//                 P = 1 − Q likewise, for a > 10⁷                                                 [Temme 1979]
//
//  (2) is used for x < a + 1, (3) above; φ and Φ are those of N(0, 1). The inverse is Newton's method for log P or log Q as a function of u = log x. The
//  density of u is log-concave, so both logarithms are concave, and Newton's method converges from everywhere.
//
//  Cost       about √a terms near x = a, fewer elsewhere, and a few operations in (5).

import Foundation

/// P(a, x) and Q(a, x), for a > 0 and x ≥ 0.
public enum RegularizedGamma {
  /// P(a, x), equation (1): the cumulative distribution of a gamma variable of shape a and rate 1.
  public static func lower(_ a: Double, _ x: Double) -> Double {
    let (isLower, logarithm) = logTail(a, x, logX: log(x))
    return isLower ? exp(logarithm) : -expm1(logarithm)
  }

  /// Q(a, x) = 1 − P(a, x) without cancellation in the upper tail.
  public static func upper(_ a: Double, _ x: Double) -> Double {
    let (isLower, logarithm) = logTail(a, x, logX: log(x))
    return isLower ? -expm1(logarithm) : exp(logarithm)
  }

  /// The x at which P(a, x) = p: 0 at 0, ∞ at 1, not a number outside of [0, 1]. Precondition: a > 0.
  public static func quantile(_ a: Double, _ p: Double) -> Double { quantile(a, p, complement: 1 - p) }

  /// The x at which Q(a, x) = q: ∞ at 0, 0 at 1, not a number outside of [0, 1]. Precondition: a > 0.
  public static func upperQuantile(_ a: Double, _ q: Double) -> Double { quantile(a, 1 - q, complement: q) }

  private static func quantile(_ a: Double, _ p: Double, complement: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p == 0 { return 0 }
    if complement == 0 { return .infinity }
    let isLower = p <= lower(a, a)
    let target = isLower ? log(p) : log(complement)
    let u = concaveRoot(start: log(a)) { u in
      let x = exp(u)
      let (tailIsLower, tail) = logTail(a, x, logX: u)
      let value = tailIsLower == isLower ? tail : log(-expm1(tail))
      let slope = exp(GammaPrefactor.logGammaTerm(a, x, logX: u) - value)  // (4)
      return (value - target, isLower ? slope : -slope)
    }
    return exp(u)
  }

  /// log P where it is the smaller computed tail, else log Q.
  private static func logTail(_ a: Double, _ x: Double, logX: Double) -> (isLower: Bool, logarithm: Double) {
    precondition(a > 0, "the shape of an incomplete gamma function is positive, not \(a)")
    if x.isNaN || x < 0 { return (true, .nan) }
    if x == .infinity { return (false, -.infinity) }
    if a > 1e7 { return logTailOfLargeShape(a, x, logX: logX) }
    let prefactor = GammaPrefactor.logGammaTerm(a, x, logX: logX)
    return x < a + 1 ? (true, prefactor - log(a) + log(series(a, x))) : (false, prefactor + log(fraction(a, x)))
  }

  /// Equation (5).
  private static func logTailOfLargeShape(
    _ a: Double, _ x: Double, logX: Double
  ) -> (isLower: Bool, logarithm: Double) {
    let w = (2 * GammaPrefactor.deviance(a, x, logRatio: logX - log(a))).squareRoot()
    let mu = (x - a) / a
    let isLower = mu < 0
    if w.isInfinite { return (isLower, -.infinity) }
    let eta = (isLower ? -w : w) / a.squareRoot()
    // 1/μ − 1/η = −1/3 + η/12 − …, where the two nearly cancel.
    let coefficient = abs(mu) < 1e-3 ? -1.0 / 3 + eta / 12 : 1 / mu - 1 / eta
    let logNormal = StandardNormal.logCumulative(-w)
    let rest = exp(StandardNormal.logDensity(w) - logNormal) * coefficient / a.squareRoot()
    return (isLower, logNormal + log1p(isLower ? -rest : rest))
  }

  /// The sum in (2).
  private static func series(_ a: Double, _ x: Double) -> Double {
    var (term, sum, k) = (1.0, 1.0, a)
    while term > 1e-17 * sum {
      k += 1
      term *= x / k
      sum += term
    }
    return sum
  }

  /// The fraction in (3).
  private static func fraction(_ a: Double, _ x: Double) -> Double {
    var k = 0.0
    return 1
      / continuedFraction(first: x + 1 - a) {
        k += 1
        return (k * (a - k), x + 2 * k + 1 - a)
      }
  }
}
