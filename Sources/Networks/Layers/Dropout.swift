//  Dropout.swift — zeros elements at random and scales up the others, so that the mean stays.
//
//    y = x m / (1 − p), m independent, 0 with probability p and otherwise 1                          [Srivastava 2014]
//
//  In evaluation it does nothing. With mode `sampling` a pass is a draw from the predictive of a variational posterior
//  [Gal 2016].

public import Arrays
public import Programs

/// Any shape, kept.
public struct Dropout: SavableLayer, Hashable {
  static let kind = "dropout"

  /// p, the probability of a zero.
  public let rate: Double

  public init(_ rate: Double) { self.rate = rate }

  public var name: String { "dropout" }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    guard rate >= 0 && rate < 1 else { throw LayerError("needs a rate of at least 0 and less than 1, not \(rate)") }
    return input
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    guard context.mode != .evaluation, rate > 0 else { return x }
    let uniform = Tensor.random(.uniform, shape: x.shape, site: context.nextRandomSite())
    return select(uniform .< rate, .constant(0, shape: x.shape), x * (1 / (1 - rate)))
  }
}
