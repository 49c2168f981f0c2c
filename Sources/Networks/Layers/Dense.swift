//  Dense.swift — a fully connected layer: y = W x + b.
//
//  Notation   I  inputs     O  units     W  [O, I]     b  [O]

public import Arrays
import Probability
public import Programs

/// y = W x + b. Shape [I] → [O].
public struct Dense: SavableLayer, Hashable {
  static let kind = "dense"

  /// O.
  public let units: Int
  public let bias: Bool
  /// Of the weight; the bias starts at zero.
  public let initialiser: Initialiser

  public init(_ units: Int, bias: Bool = true, initialiser: Initialiser = .automatic) {
    self.units = units
    self.bias = bias
    self.initialiser = initialiser
  }

  public var name: String { "dense" }
  public var gainRole: GainRole { .endsChain }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try LayerError.check(units, "number of units")
    guard input.rank == 1 else {
      throw LayerError(expected: "[features]", input: input, advice: "put a Flatten before it")
    }
    return [units]
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    let weight = ParameterDeclaration(
      "weight", shape: [units, input[0]], role: .weight, fanIn: input[0], fanOut: units, initialiser: initialiser)
    let offset = ParameterDeclaration(
      "bias", shape: [units], role: .bias, fanIn: input[0], fanOut: units, initialiser: .zeros)
    return bias ? [weight, offset] : [weight]
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    context.weightedSum(of: x, bias: bias, sharesWeights: false) { x, weight, bias in
      guard let bias else { return matmul(x, weight, transposeRight: true) }
      return linear(x, weight: weight, bias: bias)
    }
  }
}
