//  Tensor+Recurrence.swift — running sums and linear recurrences over an axis, without a loop over its elements.
//
//  Notation   T  the length of the axis
//
//  Equations  (1) sₜ = Σ_{j ≤ t} xⱼ
//             (2) xₜ = aₜ xₜ₋₁ + bₜ
//             (3) two steps of (2) are one: (a, b) after (a′, b′) is (a a′, b + a b′)                 [Blelloch 1990]
//
//  (3) is associative, so that all prefixes of length 2, 4, 8, … follow from each other, each in one elementwise pass.
//  Cost       T log₂ T, and the same for the gradient; a loop over t costs T steps of some dozen nanoseconds each way.

import Arrays

extension Tensor {
  /// The sum of all elements up to and with each, equation (1); without its own, where `exclusive`.
  ///
  /// - Parameter axis: Counted from the end, where negative.
  public func cumulativeSum(axis: Int = -1, exclusive: Bool = false) -> Tensor {
    let axis = axis < 0 ? axis + shape.rank : axis
    precondition(axis >= 0 && axis < shape.rank, "a running sum along axis \(axis) of shape \(shape)")
    var sum = exclusive ? shifted(by: 1, axis: axis) : self
    var length = 1
    while length < shape[axis] {
      sum = sum + sum.shifted(by: length, axis: axis)
      length *= 2
    }
    return sum
  }

  /// Later by so many places: zeros first, and the last elements left out.
  private func shifted(by count: Int, axis: Int) -> Tensor {
    var before = [Int](repeating: 0, count: shape.rank)
    before[axis] = Swift.min(count, shape[axis])
    return slice(axis: axis, 0..<shape[axis] - before[axis])
      .padded(before: before, after: [Int](repeating: 0, count: shape.rank))
  }

  /// Later by so many places, with ones first.
  fileprivate func shiftedAfterOnes(by count: Int) -> Tensor {
    concatenate([.constant(1, shape: [count]), slice(axis: 0, 0..<shape[0] - count)], axis: 0)
  }

  fileprivate func shiftedAfterZeros(by count: Int) -> Tensor { shifted(by: count, axis: 0) }
}

/// x₁, …, x_T of equation (2): autoregressions, moving averages, variances that follow one another.
///
/// - Parameters:
///   - coefficients: a, shape [T], or one number for all times.
///   - inputs: b. Shape [T].
///   - initial: x₀. Shape [].
/// - Returns: Shape [T].
public func linearRecurrence(
  coefficients: some TensorConvertible, inputs: some TensorConvertible, initial: some TensorConvertible
) -> Tensor {
  let (coefficients, inputs, initial) = (coefficients.tensor, inputs.tensor, initial.tensor)
  precondition(
    inputs.shape.rank == 1 && inputs.shape.count > 0 && coefficients.shape.broadcast(with: inputs.shape) == inputs.shape
      && initial.shape.count == 1,
    "a recurrence with coefficients \(coefficients.shape), inputs \(inputs.shape) and a start of \(initial.shape)")
  let count = inputs.shape[0]
  var a = coefficients.broadcast(to: inputs.shape)
  // The start is an input of the first step.
  let first = a.slice(axis: 0, 0..<1) * initial.reshaped([1])
  var b = inputs + first.padded(before: [0], after: [count - 1])
  var length = 1
  while length < count {
    b = b + a * b.shiftedAfterZeros(by: length)  // (3)
    a = a * a.shiftedAfterOnes(by: length)
    length *= 2
  }
  return b
}
