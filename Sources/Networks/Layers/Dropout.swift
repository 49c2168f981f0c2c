//  Dropout.swift — zeros elements at random and scales up the others, so that the mean stays.
//
//    y = x m / (1 − p), m independent, 0 with probability p and otherwise 1                          [Srivastava 2014]
//
//  In evaluation it does nothing. With mode `sampling` a pass is a draw from the predictive of a variational posterior
//  [Gal 2016]; with `samplingFunction` the examples of a batch share m.

public import Arrays
public import Programs

/// Any shape, kept.
public struct Dropout: SavableLayer, MaskingLayer, Hashable {
  static let kind = "dropout"

  /// p, the probability of a zero.
  public let rate: Double

  public init(_ rate: Double) { self.rate = rate }

  public var name: String { "dropout" }
  var maskRate: DropoutRate { .fixed(rate) }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try maskRate.check()
    return input
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor { maskRate.masking(x, in: &context) }
}
