//  GradientClipping.swift — limits on a gradient before it is used.

public import Arrays
private import CKernels

/// How large a gradient may be.
public enum GradientClipping: Sendable, Hashable, Codable {
  /// The whole gradient is shortened to at most this Euclidean length.
  case norm(Double)
  /// Each entry is moved into [−limit, limit].
  case value(Double)

  /// Limits a gradient in place. Allocates nothing. NaN stays NaN: a broken gradient is not hidden.
  /// Precondition: the limit is positive.
  public func apply<Element: Scalar>(to gradient: UnsafeMutableBufferPointer<Element>) {
    switch self {
    case .norm(let limit):
      precondition(limit > 0, "a gradient clipped to a norm of \(limit)")
      let norm = euclideanNorm(UnsafeBufferPointer(gradient))
      if norm > limit { combine(gradient, CREDENCE_MULTIPLY, with: Element(limit / norm)) }
    case .value(let limit):
      precondition(limit > 0, "a gradient clipped to values of \(limit)")
      combine(gradient, CREDENCE_MINIMUM, with: Element(limit))
      combine(gradient, CREDENCE_MAXIMUM, with: Element(-limit))
    }
  }

  /// xᵢ ← f(xᵢ, value), through a short array of the value.
  private func combine<Element: Scalar>(
    _ x: UnsafeMutableBufferPointer<Element>, _ function: credence_binary, with value: Element
  ) {
    guard let memory = x.baseAddress else { return }
    inPieces(count: x.count, value: value) { start, values, count in
      Kernels.binary(function, memory + start, values, memory + start, count: count)
    }
  }
}

/// The Euclidean length of a vector, its squares summed piece by piece in double.
public func euclideanNorm<Element: Scalar>(_ x: UnsafeBufferPointer<Element>) -> Double {
  guard let start = x.baseAddress else { return 0 }
  var sum = 0.0
  for first in stride(from: 0, to: x.count, by: 4096) {
    sum += Double(Kernels.dot(start + first, start + first, count: min(4096, x.count - first)))
  }
  return sum.squareRoot()
}
