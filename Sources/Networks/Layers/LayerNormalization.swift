//  LayerNormalization.swift — normalises the last axis of each example by itself.
//
//    y = γ (x − μ) / √(v + ε) + β, μ and v the mean and biased variance over the last axis                  [Ba 2016]

public import Arrays
public import Programs

/// Shape […, F], kept.
public struct LayerNormalization: SavableLayer, Hashable {
  static let kind = "layerNormalization"

  /// ε.
  public let epsilon: Double

  public init(epsilon: Double = 1e-5) { self.epsilon = epsilon }

  public var name: String { "layerNormalization" }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try Normalising.checkEpsilon(epsilon)
    guard input.rank >= 1 else { throw LayerError(expected: "[…, features]", input: input) }
    return input
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    Normalising.parameters([input[input.rank - 1]])
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    let (mean, variance) = Normalising.moments(x, axes: [x.shape.rank - 1])
    return (x - mean) * rsqrt(variance + epsilon) * context.parameter("scale") + context.parameter("shift")
  }
}
