//  GradientChecking.swift — the harness that holds derivatives against central differences.

import Arrays
import Programs
import Testing

/// The largest relative error of the gradient of `function` (the sum of its result) at `inputs`, against central
/// differences of sixth order. Relative to the largest entry of the gradient, at least 1.
func gradientError(at inputs: [DenseArray<Double>], _ function: @escaping ([Tensor]) -> Tensor) -> Double {
  let shapes = inputs.map(\.shape)
  let value = Program(inputs: shapes) { [function($0).sum()] }
  let analytic = Program(inputs: shapes) { tensors in gradient(of: function(tensors).sum(), withRespectTo: tensors) }
  let executor = Executor<Double>(Plan(value))
  let gradients = analytic.run(inputs)
  var worst = 0.0
  for (which, input) in inputs.enumerated() {
    let scale = max(1, gradients[which].elements.map(abs).max() ?? 1)
    for index in 0..<input.count {
      func at(_ shift: Double) -> Double {
        var elements = input.elements
        elements[index] += shift
        var moved = inputs
        moved[which] = DenseArray(elements, shape: input.shape)
        return executor.run(moved)[0].elements[0]
      }
      let h = 1e-3 * max(1, abs(input.elements[index]))
      let (first, second, third) = (at(h) - at(-h), at(2 * h) - at(-2 * h), at(3 * h) - at(-3 * h))
      let difference = (45 * first - 9 * second + third) / (60 * h)
      worst = max(worst, abs(difference - gradients[which].elements[index]) / scale)
    }
  }
  return worst
}

/// Numbers that look random, the same each time: in (low, high), never on a grid.
func sample(_ shape: Shape, seed: Int = 1, low: Double = -1, high: Double = 1) -> DenseArray<Double> {
  var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678
  return DenseArray(
    (0..<shape.count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return low + (high - low) * Double(state >> 11) * 0x1p-53
    }, shape: shape)
}

/// Numbers in (−1, 1) in no order, no two closer than about 0.7 / count: for functions with kinks where two are equal.
func separated(_ shape: Shape) -> DenseArray<Double> {
  let golden = 0.6180339887498949
  return DenseArray(
    (0..<shape.count).map { 2 * (Double($0 + 1) * golden).truncatingRemainder(dividingBy: 1) - 1 }, shape: shape)
}

/// Holds the gradient to 1e-7 relative.
func expectGradient(
  at inputs: [DenseArray<Double>], _ function: @escaping ([Tensor]) -> Tensor,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = gradientError(at: inputs, function)
  #expect(error < 1e-7, sourceLocation: sourceLocation)
}
