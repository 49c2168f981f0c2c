//  GlobalAveragePool.swift — the mean of each channel.

public import Arrays
public import Programs

/// Shape [C, …] → [C].
public struct GlobalAveragePool: SavableLayer, Hashable {
  static let kind = "globalAveragePool"

  public init() {}

  public var name: String { "globalAveragePool" }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    guard input.rank >= 2 else { throw LayerError(expected: "[channels, …]", input: input) }
    return [input[0]]
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor { x.mean(axes: Array(2..<x.shape.rank)) }
}
