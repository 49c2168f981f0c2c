//  ActivationWithDropout.swift — an activation and a mask on its outputs, as one layer: y = f(x) m.
//
//  Takes the place and the name of the activation, so that the names of all other parameters stay as they were.

public import Arrays
public import Programs

/// Any shape, kept. A learned rate has one parameter, its logit.
public struct ActivationWithDropout: SavableLayer, MaskingLayer, Hashable, Codable {
  static let kind = "activationWithDropout"

  /// f.
  public let activation: Activation
  public let rate: DropoutRate

  /// Precondition: the rate is in its range, see `DropoutRate`.
  public init(_ activation: Activation, _ rate: DropoutRate) {
    self.activation = activation
    self.rate = rate
  }

  public var name: String { activation.name }
  public var gainRole: GainRole { activation.gainRole }
  var maskRate: DropoutRate { rate }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try rate.check()
    return input
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] { rate.parameters }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    rate.masking(activation(x), in: &context)
  }
}
