//  ConcreteDropout.swift — dropout whose rate is a parameter: see `DropoutRate`, equation (2).              [Gal 2017]
//
//  The likelihood alone would drive the rate to zero. The method `MonteCarloDropout` adds the entropy of the masks, which
//  the prior asks for, to the objective; a fit by another method should use `Dropout`.

public import Arrays
public import Programs

/// Any shape, kept. One parameter, the logit of the rate.
public struct ConcreteDropout: SavableLayer, MaskingLayer, Hashable {
  static let kind = "concreteDropout"

  /// Where the rate starts.
  public let initialRate: Double

  public init(initialRate: Double = 0.1) { self.initialRate = initialRate }

  public var name: String { "concreteDropout" }
  var maskRate: DropoutRate { .learned(initial: initialRate) }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try maskRate.check()
    return input
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] { maskRate.parameters }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor { maskRate.masking(x, in: &context) }
}
