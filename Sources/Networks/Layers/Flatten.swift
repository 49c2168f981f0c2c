//  Flatten.swift — all axes of an example as one, the last fastest.

public import Arrays
public import Programs

/// Shape [A, B, …] → [A · B · …].
public struct Flatten: SavableLayer, Hashable {
  static let kind = "flatten"

  public init() {}

  public var name: String { "flatten" }

  public func outputShape(for input: Shape) -> Shape { [input.count] }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    x.reshaped([x.shape[0], x.shape.extents.dropFirst().reduce(1, *)])
  }
}
