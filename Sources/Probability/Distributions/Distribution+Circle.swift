//  Distribution+Circle.swift — densities of angles.
//
//  Equations  (1) von Mises  −2κ sin² ½(x − m) − log 2π − log e^−κ I₀(κ), concentration κ: normal of variance 1/κ for large κ
//             (2) e^−κ I₀(κ) = 1/n Σⱼ exp(κ (cos θⱼ − 1)), θⱼ = π (j + ½)/n: the trapezoidal rule, for κ < 25 to 10⁻¹⁶ with n = 24
//             (3) e^−κ I₀(κ) = (1 + 1²/(1! 8κ) + 1² 3²/(2! (8κ)²) + …)/√(2πκ), for κ ≥ 25 with 16 terms       [Abramowitz and Stegun 1964]

import Arrays
import Foundation
public import Programs

extension Distribution {
  /// Equation (1), of an angle: the same at x and x + 2π, and of mass one over a whole turn. Unit of x and m: radians.
  ///
  /// A parameter that is an angle is `.between(-.pi, .pi)`; where its mass lies across that cut, a `.unitVector` u with the
  /// term κ u·v, v the direction.
  ///
  /// - Parameters:
  ///   - direction: m.
  ///   - concentration: κ ≥ 0; 0 is uniform.
  public static func vonMises(
    _ direction: some TensorConvertible, concentration: some TensorConvertible
  ) -> Distribution {
    let (direction, concentration) = (direction.tensor, concentration.tensor)
    return Distribution { x in
      unless(concentration .< 0, concentration, harmless: 1) { concentration in
        sin(0.5 * (x - direction)).squared * (-2 * concentration) - logScaledBessel(concentration)
          - logarithm(2 * Double.pi)
      }
    }
  }

  /// log e^−κ I₀(κ), of each element.
  private static func logScaledBessel(_ k: Tensor) -> Tensor {
    let isLarge = k .>= 25
    // (2), at a harmless value where (3) is taken, and the other way round.
    let nodes = (0..<24).map { cos(Double.pi * (Double($0) + 0.5) / 24) - 1 }
    let small = select(isLarge, .constant(1), k).reshaped(Shape(k.shape.extents + [1]))
    let sum = (small * nodes.tensor).logSumExp() - logarithm(24)
    // (3)
    let large = select(isLarge, k, .constant(25))
    var series = Tensor.constant(1)
    for term in stride(from: 16.0, to: 0, by: -1) {
      series = 1 + series * (((2 * term - 1) * (2 * term - 1) / (8 * term)) / large)
    }
    return select(isLarge, log(series) - 0.5 * log(2 * Double.pi * large), sum)
  }
}
