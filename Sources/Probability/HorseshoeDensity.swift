//  HorseshoeDensity.swift — the marginal density of the horseshoe.
//
//  Notation   θ | λ ~ N(0, λ² s²),  λ ~ half-Cauchy(1)     z = θ² / 2s²     E₁ the exponential integral
//
//  Equations  (1) p(θ) = eᶻ E₁(z) / (s √(2π³))                                                   [Carvalho et al. 2010]
//             (2) E₁(z) = −γ − log z − Σₖ (−z)ᵏ / (k k!),  for z ≤ 2
//             (3) eᶻ E₁(z) = 1 / (z + 1 − 1² / (z + 3 − 2² / (z + 5 − …))),  for z > 2         [Abramowitz and Stegun 1964]
//
//  The terms that are kept leave an error below 1e-13 on either side of 2. Cost: about forty divisions an element; a Student-t
//  of one degree of freedom has tails as heavy and costs one logarithm.

import Arrays
import Foundation
import Programs

enum HorseshoeDensity {
  /// Where (2) hands over to (3), and how many terms each has.
  private static let border = 2.0
  private static let seriesTerms = 26
  private static let fractionDepth = 36
  private static let eulerGamma = 0.577_215_664_901_532_9
  /// The density is infinite at zero; below this z it is taken as constant.
  private static let smallest = 1e-30

  /// Element by element. Unit: nats.
  static func logDensity(_ values: Tensor, scale: Double) -> Tensor {
    let z = maximum(values.squared * (0.5 / (scale * scale)), .constant(smallest, shape: values.shape))
    // Each form sees only arguments of its own, so that neither derivative overflows. Chosen by the comparison that chooses
    // the form: the derivative of a minimum is a half where its arguments tie.
    let isNear = z .<= border, atBorder = Tensor.constant(border, shape: z.shape)
    let near = select(isNear, z, atBorder), far = select(isNear, atBorder, z)
    let logIntegral = select(isNear, log(series(near)) + near, log(fraction(far)))
    return logIntegral - (logarithm(scale) + 0.5 * logarithm(2 * Double.pi * Double.pi * Double.pi))  // (1)
  }

  /// Equation (2), by Horner's scheme.
  private static func series(_ z: Tensor) -> Tensor {
    var coefficients: [Double] = []
    var factorial = 1.0
    for k in 1...seriesTerms {
      factorial *= Double(k)
      coefficients.append((k % 2 == 0 ? -1 : 1) / (Double(k) * factorial))
    }
    let sum = coefficients.reversed().reduce(Tensor.constant(0, shape: z.shape)) { $0 * z + $1 } * z
    return sum - log(z) - eulerGamma
  }

  /// Equation (3), from the innermost fraction outwards.
  private static func fraction(_ z: Tensor) -> Tensor {
    var denominator = z + Double(2 * fractionDepth + 1)
    for k in stride(from: fractionDepth, through: 1, by: -1) {
      denominator = z + Double(2 * k - 1) - Double(k * k) / denominator
    }
    return 1 / denominator
  }
}
