//  RegularizedBeta.swift — the incomplete beta function and its inverse.
//
//  Equations  (1) I_x(a, b) = 1/B(a, b) ∫₀ˣ tᵃ⁻¹ (1−t)ᵇ⁻¹ dt = 1 − I_{1−x}(b, a)
//             (2) I_x(a, b) = xᵃ (1−x)ᵇ / (a B(a, b)) · 1/(1+ d₁/(1+ d₂/(1+ …)))     [Abramowitz & Stegun, 26.5.8]
//                 d₂ₘ₊₁ = −(a+m)(a+b+m) x / ((a+2m)(a+2m+1)),  d₂ₘ = m (b−m) x / ((a+2m−1)(a+2m))
//             (3) d log I / d logit x = xᵃ (1−x)ᵇ / (B(a, b) I)
//
//  (2) converges fast for x < (a+1)/(a+b+2); above, (1) exchanges the tails. The inverse is Newton's method for the logarithm
//  of a tail as a function of t = logit x. The density of t is log-concave, so both logarithms are concave, and Newton's
//  method converges from everywhere.
//
//  Cost       about √max(a, b) terms near the mean, fewer elsewhere.

import Foundation

/// I_x(a, b), for a, b > 0 and x in [0, 1].
public enum RegularizedBeta {
  /// I_x(a, b), equation (1): the cumulative distribution of a beta variable.
  public static func lower(_ a: Double, _ b: Double, _ x: Double) -> Double {
    lower(a, b, x, complement: 1 - x)
  }

  /// 1 − I_x(a, b) without cancellation in the upper tail.
  public static func upper(_ a: Double, _ b: Double, _ x: Double) -> Double {
    lower(b, a, 1 - x, complement: x)
  }

  /// I_x(a, b), where the caller knows 1 − x better than a subtraction does.
  public static func lower(_ a: Double, _ b: Double, _ x: Double, complement: Double) -> Double {
    let (isLower, logarithm) = logTail(a, b, x, complement)
    return isLower ? exp(logarithm) : -expm1(logarithm)
  }

  /// The x at which I_x(a, b) = p, not a number for p outside of [0, 1].
  public static func quantile(_ a: Double, _ b: Double, _ p: Double) -> Double {
    let t = logitQuantile(a, b, p, complement: 1 - p)
    return t > 0 ? 1 / (1 + exp(-t)) : exp(t) / (1 + exp(t))
  }

  /// logit x = log x − log(1 − x) at which I_x(a, b) = p, given p and 1 − p: −∞ at 0, ∞ at 1.
  package static func logitQuantile(_ a: Double, _ b: Double, _ p: Double, complement: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p == 0 { return -.infinity }
    if complement == 0 { return .infinity }
    let start = log(a / b)
    let isLower = p <= lower(a, b, a / (a + b), complement: b / (a + b))
    let target = isLower ? log(p) : log(complement)
    return concaveRoot(start: start) { t in
      let odds = exp(t)
      let (x, rest) = t > 0 ? (1 / (1 + exp(-t)), exp(-t) / (1 + exp(-t))) : (odds / (1 + odds), 1 / (1 + odds))
      let (tailIsLower, tail) = logTail(a, b, x, rest)
      let value = tailIsLower == isLower ? tail : log(-expm1(tail))
      let slope = exp(GammaPrefactor.logBetaTerm(a, b, x, rest) - value)  // (3)
      return (value - target, isLower ? slope : -slope)
    }
  }

  /// log I where (2) converges fast, else the logarithm of its complement.
  private static func logTail(
    _ a: Double, _ b: Double, _ x: Double, _ complement: Double
  ) -> (isLower: Bool, logarithm: Double) {
    precondition(a > 0 && b > 0, "the parameters of an incomplete beta function are positive, not \(a) and \(b)")
    if x.isNaN || complement.isNaN || x < 0 || complement < 0 { return (true, .nan) }
    if x == 0 { return (true, -.infinity) }
    if complement == 0 { return (false, -.infinity) }
    let prefactor = GammaPrefactor.logBetaTerm(a, b, x, complement)
    return x * (a + b + 2) < a + 1
      ? (true, prefactor - log(a) - log(fraction(a, b, x)))
      : (false, prefactor - log(b) - log(fraction(b, a, complement)))
  }

  /// The denominator 1 + d₁/(1 + …) in (2).
  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    var step = 0
    return continuedFraction(first: 1) {
      step += 1
      let m = Double(step / 2)
      let even = a + 2 * m
      let d =
        step % 2 == 1 ? -(a + m) * (a + b + m) * x / (even * (even + 1)) : m * (b - m) * x / ((even - 1) * even)
      return (d, 1)
    }
  }
}
