//  RegularizedBeta.swift — the incomplete beta function and its inverse.
//
//  Equations  (1) I_x(a, b) = 1/B(a, b) ∫₀ˣ tᵃ⁻¹ (1−t)ᵇ⁻¹ dt = 1 − I_{1−x}(b, a)
//             (2) I_x(a, b) = xᵃ (1−x)ᵇ / (a B(a, b)) · 1/(1+ d₁/(1+ d₂/(1+ …)))     [Abramowitz & Stegun, 26.5]
//                 d₂ₘ₊₁ = −(a+m)(a+b+m) x / ((a+2m)(a+2m+1)),  d₂ₘ = m (b−m) x / ((a+2m−1)(a+2m))
//             (3) 1 + d₁/(1 + d₂/(1 + …)) = 1 + d₁ − d₁d₂/(1 + d₂ + d₃ − d₃d₄/(1 + d₄ + d₅ − …))
//             (4) (a+2m)(a+2m+1)(1 + d₂ₘ₊₁) = a (2m+1) + m (3m+2) + (a+m) e,   e = (a+b+m)(1−x) − b = a+m − (a+b+m) x
//             (5) d log I / d logit x = xᵃ (1−x)ᵇ / (B(a, b) I)
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
    lower(a, b, UnitPoint(x, complement: 1 - x))
  }

  /// 1 − I_x(a, b) without cancellation in the upper tail.
  public static func upper(_ a: Double, _ b: Double, _ x: Double) -> Double {
    lower(b, a, UnitPoint(1 - x, complement: x))
  }

  /// I_x(a, b), where x is known better than as one number.
  package static func lower(_ a: Double, _ b: Double, _ x: UnitPoint) -> Double {
    let (isLower, logarithm) = logTail(a, b, x)
    return isLower ? exp(logarithm) : -expm1(logarithm)
  }

  /// The x at which I_x(a, b) = p, not a number for p outside of [0, 1].
  public static func quantile(_ a: Double, _ b: Double, _ p: Double) -> Double {
    UnitPoint(logit: logitQuantile(a, b, p, complement: 1 - p)).value
  }

  /// logit x = log x − log(1 − x) at which I_x(a, b) = p, given p and 1 − p: −∞ at 0, ∞ at 1.
  private static func logitQuantile(_ a: Double, _ b: Double, _ p: Double, complement: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p == 0 { return -.infinity }
    if complement == 0 { return .infinity }
    let start = log(a / b)
    let isLower = p <= lower(a, b, UnitPoint(logit: start))
    let target = isLower ? log(p) : log(complement)
    return concaveRoot(start: start) { t in
      let x = UnitPoint(logit: t)
      let (tailIsLower, tail) = logTail(a, b, x)
      let value = tailIsLower == isLower ? tail : log(-expm1(tail))
      let slope = exp(GammaPrefactor.logBetaTerm(a, b, x) - value)  // (5)
      return (value - target, isLower ? slope : -slope)
    }
  }

  /// log I where (2) converges fast, else the logarithm of its complement.
  private static func logTail(_ a: Double, _ b: Double, _ x: UnitPoint) -> (isLower: Bool, logarithm: Double) {
    precondition(a > 0 && b > 0, "the parameters of an incomplete beta function are positive, not \(a) and \(b)")
    guard x.value >= 0, x.complement >= 0 else { return (true, .nan) }
    let prefactor = GammaPrefactor.logBetaTerm(a, b, x)
    return x.value * (a + b + 2) < a + 1
      ? (true, prefactor - log(a) - log(fraction(a, b, x.value, complement: x.complement)))
      : (false, prefactor - log(b) - log(fraction(b, a, x.complement, complement: x.value)))
  }

  /// The denominator 1 + d₁/(1 + …) in (2), two steps at a time: (3), with (4) for the sums that would cancel.
  private static func fraction(_ a: Double, _ b: Double, _ x: Double, complement y: Double) -> Double {
    /// d₂ₘ₊₁ and 1 + d₂ₘ₊₁.
    func odd(_ m: Double) -> (value: Double, plusOne: Double) {
      let scale = (a + 2 * m) * (a + 2 * m + 1)
      // Of both forms of e that which cancels less.
      let e = b > a + m ? a + m - (a + b + m) * x : (a + b + m) * y - b
      let rest = a * (2 * m + 1) + m * (3 * m + 2) + (a + m) * e
      return (-(a + m) * (a + b + m) * x / scale, rest / scale)
    }
    var m = 0.0
    var previous = odd(0)
    return continuedFraction(first: previous.plusOne) {
      m += 1
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let next = odd(m)
      defer { previous = next }
      return (-previous.value * even, even + next.plusOne)
    }
  }
}
