//  GeneralizedPareto.swift — the distribution of exceedances, fitted by an approximate posterior mean.
//
//  Notation   x₁ ≤ … ≤ xₙ  exceedances     k shape, σ scale     b = −k/σ
//
//  Equations  (1) F(x) = 1 − (1 + k x/σ)^(−1/k)
//             (2) bⱼ = 1/xₙ + (1 − √(m/(j − 1/2))) / (3 x*),  j = 1…m = 30 + ⌊√n⌋, x* the first quartile of x
//             (3) k(b) = mean log(1 − b xᵢ),  ℓ(b) = n (log(−b/k(b)) − k(b) − 1),  wⱼ ∝ exp ℓ(bⱼ)
//             (4) b̂ = Σ wⱼ bⱼ,  k̂ = k(b̂),  σ̂ = −k̂ / b̂                            [Zhang and Stephens 2009]
//             (5) k̂ ← (n k̂ + 5) / (n + 10): ten observations' worth of k = 1/2        [Vehtari et al. 2024]

import Foundation

struct GeneralizedPareto {
  let shape: Double
  let scale: Double

  /// Fits sorted exceedances. Precondition: more than four, the last positive.
  init(fitting exceedances: [Double]) {
    let n = Double(exceedances.count)
    let candidates = 30 + Int(n.squareRoot())
    let quartile = exceedances[Int(n / 4 + 0.5) - 1]
    var locations: [Double] = []
    var likelihoods: [Double] = []
    for j in 1...candidates {
      let root = (Double(candidates) / (Double(j) - 0.5)).squareRoot()
      let b = 1 / exceedances[exceedances.count - 1] + (1 - root) / (3 * quartile)  // (2)
      let k = Self.shape(b, exceedances)
      locations.append(b)
      likelihoods.append(n * (log(-b / k) - k - 1))  // (3)
    }
    let greatest = likelihoods.max() ?? 0
    let weights = likelihoods.map { exp($0 - greatest) }
    let sum = weights.reduce(0, +)
    let b = zip(locations, weights).reduce(0) { $0 + $1.0 * $1.1 } / sum  // (4)
    let k = Self.shape(b, exceedances)
    scale = -k / b
    shape = (n * k + 5) / (n + 10)  // (5)
  }

  /// k(b), equation (3).
  private static func shape(_ b: Double, _ x: [Double]) -> Double { average(x) { log1p(-b * $0) } }

  /// The x at which (1) is p.
  func quantile(_ p: Double) -> Double {
    shape == 0 ? -scale * log1p(-p) : scale * expm1(-shape * log1p(-p)) / shape
  }
}
