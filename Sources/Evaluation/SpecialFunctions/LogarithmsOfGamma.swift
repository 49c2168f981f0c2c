//  LogarithmsOfGamma.swift — log Γ, log B, and what conjugate models are made of, without differences of large numbers.

import Foundation

/// log |Γ(x)|.
package func logGamma(_ x: Double) -> Double { GammaPrefactor.logGamma(x) }

/// log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), without cancellation for large arguments. Precondition: a, b > 0.
package func logBeta(_ a: Double, _ b: Double) -> Double { GammaPrefactor.logBeta(a, b) }

/// log xᵃ (1 − x)ᵇ / B(a, b), without cancellation. Precondition: a, b > 0, 0 < x < 1.
package func logBetaTerm(_ a: Double, _ b: Double, _ x: UnitPoint) -> Double { GammaPrefactor.logBetaTerm(a, b, x) }

/// log xᵃ e⁻ˣ / Γ(a), given log x, without cancellation. Precondition: a > 0, x ≥ 0 and finite.
package func logGammaTerm(_ a: Double, _ x: Double, logX: Double) -> Double {
  GammaPrefactor.logGammaTerm(a, x, logX: logX)
}

/// log Γ(x + k)/(Γ(x) xᵏ) = Σ log(1 + i/x) over i < k: the logarithm of a rising factorial, less that of a power. It vanishes as x
/// grows, and no digits are lost on the way. Precondition: x > 0, k ≥ 0.
package func logRisingExcess(_ x: Double, _ k: Double) -> Double {
  if k == 0 { return 0 }
  let (end, ratio) = (x + k, log1p(k / x))
  // The deviance of x + k and x, by the difference that is known: k.
  let t = -k / end
  let deviance = t < -0.4 ? end * ratio - k : -end * GammaPrefactor.logExcess(t)
  return deviance - 0.5 * ratio + (GammaPrefactor.stirlingError(end) - GammaPrefactor.stirlingError(x))
}

/// log a/(a + b), also where one is next to nothing beside the other. Precondition: a, b > 0.
package func logShare(_ a: Double, beside b: Double) -> Double {
  if a >= b { return -log1p(b / a) }
  let ratio = a / b
  return (ratio.isNormal ? log(ratio) : log(a) - log(b)) - log1p(ratio)
}
