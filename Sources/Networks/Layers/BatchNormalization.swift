//  BatchNormalization.swift — normalises each channel by the statistics of the batch, or by running ones.
//
//  Notation   C  channels     m  numbers a channel in the batch     μ, v  their mean and biased variance
//             r  a running statistic     s  that of the batch
//
//    y = γ (x − μ) / √(v + ε) + β                                                               (1) [Ioffe 2015]
//    r ← (1 − a) r + a s, with a = 0.1 unless given, and s the unbiased variance m / (m − 1) v   (2)
//
//  Training uses (1) with the batch's statistics and collects (2); the other modes use the running statistics in (1).

public import Arrays
public import Programs

/// Shape [C, …], kept.
public struct BatchNormalization: SavableLayer, Hashable {
  static let kind = "batchNormalization"

  /// ε.
  public let epsilon: Double
  /// a, the weight of a new batch.
  public let momentum: Double

  public init(epsilon: Double = 1e-5, momentum: Double = 0.1) {
    self.epsilon = epsilon
    self.momentum = momentum
  }

  public var name: String { "batchNormalization" }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try Normalising.checkEpsilon(epsilon)
    guard momentum > 0 && momentum <= 1 else {
      throw LayerError("needs a momentum above 0 and at most 1, not \(momentum)")
    }
    guard input.rank >= 1 else { throw LayerError(expected: "[channels, …]", input: input) }
    return input
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] { Normalising.parameters([input[0]]) }

  public func states(for input: Shape) -> [StateDeclaration] {
    [
      StateDeclaration("mean", shape: [input[0]], initial: 0),
      StateDeclaration("variance", shape: [input[0]], initial: 1),
    ]
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    let channels = x.shape[1]
    let column = Shape([channels] + [Int](repeating: 1, count: x.shape.rank - 2))
    var mean = context.state("mean").reshaped(column)
    var variance = context.state("variance").reshaped(column)
    if context.mode == .training {
      let count = x.shape.count / max(channels, 1)
      precondition(count > 1, "batch normalisation of shape \(x.shape): training needs two numbers a channel")
      let batch = Normalising.moments(x, axes: [0] + Array(2..<x.shape.rank))
      let unbiased = batch.variance * (Double(count) / Double(count - 1))
      context.collect("mean", batch.mean, weight: momentum)  // (2)
      context.collect("variance", unbiased, weight: momentum)
      (mean, variance) = (batch.mean, batch.variance)
    }
    let factor = context.parameter("scale").reshaped(column) * rsqrt(variance + epsilon)
    return (x - mean) * factor + context.parameter("shift").reshaped(column)  // (1)
  }
}
