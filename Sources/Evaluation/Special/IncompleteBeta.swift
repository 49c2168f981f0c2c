//  IncompleteBeta.swift — the fraction in the regularised incomplete beta function.
//
//  Equation   (1) Iₓ(a, b) = xᵃ (1 − x)ᵇ / (a B(a, b)) · 1/(1 + d₁/(1 + d₂/(1 + …))),
//                 d₂ₘ = m (b − m) x / ((a + 2m − 1)(a + 2m)),
//                 d₂ₘ₊₁ = −(a + m)(a + b + m) x / ((a + 2m)(a + 2m + 1))    [Abramowitz & Stegun 1964]
//
//  Cost       a few terms where x < (a + 1)/(a + b + 2), as many as √max(a, b) near it. Above, use 1 − I₁₋ₓ(b, a).

enum IncompleteBeta {
  /// 1/(1 + d₁/(1 + …)) of equation (1).
  static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let denominator = ContinuedFraction.value(1) { n in
      let m = (n / 2).rounded(.down)
      let numerator = n == 2 * m ? m * (b - m) * x : -(a + m) * (a + b + m) * x
      return (numerator / ((a + n - 1) * (a + n)), 1)
    }
    return 1 / denominator
  }
}
