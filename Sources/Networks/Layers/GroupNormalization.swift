//  GroupNormalization.swift — normalises groups of channels of each example by themselves.
//
//    y = γ (x − μ) / √(v + ε) + β, μ and v the mean and biased variance of a group, γ and β of a channel    [Wu 2018]
//
//  It needs no batch statistics, so an example's output does not depend on the others: what a likelihood assumes.

public import Arrays
public import Programs

/// Shape [C, …], kept.
public struct GroupNormalization: SavableLayer, Hashable {
  static let kind = "groupNormalization"

  /// The number of groups; it divides C.
  public let groups: Int
  /// ε.
  public let epsilon: Double

  public init(groups: Int, epsilon: Double = 1e-5) {
    self.groups = groups
    self.epsilon = epsilon
  }

  public var name: String { "groupNormalization" }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try Normalising.checkEpsilon(epsilon)
    try LayerError.check(groups, "number of groups")
    guard input.rank >= 1 else { throw LayerError(expected: "[channels, …]", input: input) }
    guard input[0] % groups == 0 else { throw LayerError("cannot divide \(input[0]) channels into \(groups) groups") }
    return input
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] { Normalising.parameters([input[0]]) }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    let (examples, channels) = (x.shape[0], x.shape[1])
    let grouped = x.reshaped([examples, groups, x.shape.count / Swift.max(examples * groups, 1)])
    let (mean, variance) = Normalising.moments(grouped, axes: [2])
    let normalised = ((grouped - mean) * rsqrt(variance + epsilon)).reshaped(x.shape)
    let column = Shape([channels] + [Int](repeating: 1, count: x.shape.rank - 2))
    return normalised * context.parameter("scale").reshaped(column) + context.parameter("shift").reshaped(column)
  }
}
