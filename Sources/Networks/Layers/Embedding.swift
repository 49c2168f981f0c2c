//  Embedding.swift — a vector for each of a number of categories, learned.
//
//  Notation   V  categories     E  extent of a vector     T  indices an example     table [V, E]

public import Arrays
import Probability
public import Programs

/// Inputs are whole numbers in 0..<V, carried in the element type. Shape [T] → [T, E], or [] → [E].
public struct Embedding: SavableLayer, Hashable {
  static let kind = "embedding"

  /// V.
  public let categories: Int
  /// E.
  public let dimension: Int
  public let initialiser: Initialiser

  public init(categories: Int, dimension: Int, initialiser: Initialiser = .normal(1)) {
    self.categories = categories
    self.dimension = dimension
    self.initialiser = initialiser
  }

  public var name: String { "embedding" }
  public var gainRole: GainRole { .endsChain }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try LayerError.check(categories, "number of categories")
    try LayerError.check(dimension, "dimension")
    guard input.rank <= 1 else { throw LayerError(expected: "[indices] or []", input: input) }
    return Shape(input.extents + [dimension])
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    [
      ParameterDeclaration(
        "table", shape: [categories, dimension], role: .embedding, fanIn: 1, fanOut: dimension,
        initialiser: initialiser)
    ]
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    let rows = context.parameter("table").gatherRows(at: x.reshaped([x.shape.count]))
    return rows.reshaped(Shape(x.shape.extents + [dimension]))
  }
}
