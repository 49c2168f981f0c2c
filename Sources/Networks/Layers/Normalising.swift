//  Normalising.swift — what the normalisations share: y = γ (x − μ) / √(v + ε) + β, and the declarations of γ and β.

import Arrays
import Probability
import Programs

enum Normalising {
  /// γ = 1 and β = 0 at the start.
  static func parameters(_ shape: Shape) -> [ParameterDeclaration] {
    [
      ParameterDeclaration("scale", shape: shape, role: .scale, initialiser: .constant(1)),
      ParameterDeclaration("shift", shape: shape, role: .shift, initialiser: .zeros),
    ]
  }

  static func checkEpsilon(_ epsilon: Double) throws(LayerError) {
    guard epsilon > 0 && epsilon < 1 else { throw LayerError("needs an epsilon between 0 and 1, not \(epsilon)") }
  }

  /// Mean and biased variance over axes, which stay with extent one.
  static func moments(_ x: Tensor, axes: [Int]) -> (mean: Tensor, variance: Tensor) {
    let mean = x.mean(axes: axes, keepingAxes: true)
    return (mean, (x - mean).squared.mean(axes: axes, keepingAxes: true))
  }
}
