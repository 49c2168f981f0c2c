//  LogDensity.swift — the seam between models and inference: a vector in, a log density out.
//
//  Every method of inference is arithmetic on θ plus this one function and its gradient.

import Arrays
public import Programs

/// An unnormalised log density on ℝᴾ, as a traced function.
public struct LogDensity: Sendable {
  /// P, the number of coordinates.
  public let dimension: Int

  private let body: @Sendable (Tensor) -> Tensor

  /// - Parameters:
  ///   - dimension: P.
  ///   - body: From θ of shape [P] to the log density of shape []. Unit: nats.
  public init(dimension: Int, _ body: @escaping @Sendable (Tensor) -> Tensor) {
    self.dimension = dimension
    self.body = body
  }

  /// The log density at θ. Shape [P] → []. Unit: nats.
  public func callAsFunction(_ parameters: Tensor) -> Tensor {
    precondition(
      parameters.shape == [dimension], "a log density on shape [\(dimension)] at a point of shape \(parameters.shape)")
    let value = body(parameters)
    precondition(value.shape == .scalar, "a log density of shape \(value.shape): it needs a scalar")
    return value
  }

  /// One input θ [P]; outputs log density [] and gradient [P].
  public var valueAndGradient: Program {
    Program(inputs: [[dimension]]) { inputs in
      let value = self(inputs[0])
      return [value, gradient(of: value, withRespectTo: inputs[0])]
    }
  }
}
