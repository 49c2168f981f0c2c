//  ScaleMixtureDensity.swift — a mixture of two normals around zero, one wide and one narrow.
//
//  Equation   log p(θ) = a + softplus(b − a),  a = log w + log N(θ; 0, s₁²),  b = log(1 − w) + log N(θ; 0, s₂²)
//                                                                                                  [Blundell et al. 2015]

import Arrays
import Programs

enum ScaleMixtureDensity {
  /// Element by element. Unit: nats.
  static func logDensity(_ values: Tensor, weight: Double, wide: Double, narrow: Double) -> Tensor {
    let square = values.squared
    func part(_ share: Double, _ scale: Double) -> Tensor {
      square * (-0.5 / (scale * scale)) + (logarithm(share) - NormalDensity.logNormaliser(scale: scale))
    }
    let first = part(weight, wide)
    return first + softplus(part(1 - weight, narrow) - first)
  }
}
