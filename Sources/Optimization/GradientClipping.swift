//  GradientClipping.swift — keeps one bad minibatch from throwing the parameters away.

public import Arrays

/// A bound on the gradient before a step.
public enum GradientClipping: Hashable, Sendable, Codable {
  /// Scaled down to this Euclidean norm when it is longer.
  case norm(Double)
  /// Each entry cut to within ± this value.
  case value(Double)

  /// Applies the bound in place.
  public func apply<Element: Scalar>(to gradient: UnsafeMutableBufferPointer<Element>) {
    switch self {
    case .norm(let most):
      var sum = 0.0
      for entry in gradient { sum += Double(entry) * Double(entry) }
      guard sum > most * most else { return }
      let factor = Element(most / sum.squareRoot())
      for index in gradient.indices { gradient[index] *= factor }
    case .value(let most):
      let bound = Element(most)
      for index in gradient.indices { gradient[index] = min(max(gradient[index], -bound), bound) }
    }
  }
}
