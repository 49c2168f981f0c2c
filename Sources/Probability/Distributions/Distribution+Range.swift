//  Distribution+Range.swift — parameters out of their range have the density −∞, like values that cannot be.
//
//  In place of such a parameter stands one that harms no derivative, and to the density is added the logarithm of what is possible: 0 in
//  the range, −∞ outside. Both have the shape of the parameter, so that values cost nothing more. A parameter that is not a number is
//  in no range and in none outside: the density is not a number either.

import Arrays
import Programs

extension Distribution {
  /// The density but where a parameter is out of its range: there −∞, like for a value that cannot be. A parameter that is not a number
  /// stays one.
  static func unless(
    _ isImpossible: Tensor, _ parameter: Tensor, harmless: Double, _ density: (Tensor) -> Tensor
  ) -> Tensor {
    select(isImpossible, .constant(-.infinity), density(select(isImpossible, .constant(harmless), parameter)))
  }

  /// A parameter that is to be positive, 1 where it is not, and what is added to the density: 0, −∞ where it is not.
  static func positive(_ x: Tensor) -> (Tensor, possible: Tensor) {
    let isImpossible = x .<= 0
    return (select(isImpossible, .constant(1), x), logPossible(isImpossible))
  }

  /// The same for two parameters at once.
  static func positive(_ x: Tensor, _ y: Tensor) -> (Tensor, Tensor, possible: Tensor) {
    let (first, second) = (positive(x), positive(y))
    return (first.0, second.0, first.possible + second.possible)
  }

  /// Weights over the last axis as shares, divided by their sum, and what is added to the density: −∞ where one is negative or all are 0.
  ///
  /// Shape [K] or [N, K] for both → that of the weights, and [] or [N].
  static func shares(_ weights: Tensor) -> (Tensor, possible: Tensor) {
    let isNothing = weights.sum(axes: [-1], keepingAxes: true) .<= 0
    let isImpossible = (weights .< 0).sum(axes: [-1], keepingAxes: true) + isNothing
    let possible = select(isImpossible, .constant(1), weights)
    let lead = Shape(Array(weights.shape.extents.dropLast()))
    return (possible / possible.sum(axes: [-1], keepingAxes: true), logPossible(isImpossible).reshaped(lead))
  }

  /// Numbers that are to ascend, others in place of such as do not, and what is added to the density. Shape [K] → [K] and [].
  static func ascending(_ x: Tensor) -> (Tensor, possible: Tensor) {
    let last = x.shape[0] - 1
    guard last > 0 else { return (x, .constant(0)) }
    let isImpossible = (x[1...] .< x[0..<last]).sum()
    let ladder = Tensor((0...last).map(Double.init))
    return (select(isImpossible, ladder, x), logPossible(isImpossible))
  }

  /// The logarithm of a share. Where the share is 0 it has no derivative: there is nothing of that part.
  static func logShare(_ x: Tensor) -> Tensor { unless(x .<= 0, x, harmless: 1) { log($0) } }

  /// log 0 where the condition holds, otherwise log 1.
  static func logPossible(_ isImpossible: Tensor) -> Tensor {
    select(isImpossible, .constant(-.infinity), .constant(0))
  }
}
