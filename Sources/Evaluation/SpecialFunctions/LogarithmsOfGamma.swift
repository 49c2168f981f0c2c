//  LogarithmsOfGamma.swift — log Γ and log B.

/// log |Γ(x)|.
package func logGamma(_ x: Double) -> Double { GammaPrefactor.logGamma(x) }

/// log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), without cancellation for large arguments. Precondition: a, b > 0.
package func logBeta(_ a: Double, _ b: Double) -> Double { GammaPrefactor.logBeta(a, b) }
