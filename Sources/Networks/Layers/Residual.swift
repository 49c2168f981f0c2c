//  Residual.swift — a block of layers beside a shortcut: y = F(x) + S(x).                                   [He 2016]
//
//  The shortcut is the identity, or layers of its own where shapes differ (a projection).

public import Arrays
import Probability
public import Programs

/// y = F(x) + S(x). Any shape; both branches give the same.
public struct Residual: SavableLayer {
  static let kind = "residual"

  private let main: LayerSequence
  private let shortcut: LayerSequence

  /// - Parameters:
  ///   - layers: F.
  ///   - shortcut: S; without layers, the identity.
  public init(
    @LayerBuilder _ layers: () -> [any Layer], @LayerBuilder shortcut: () -> [any Layer] = { [] }
  ) {
    main = LayerSequence(layers: layers())
    self.shortcut = LayerSequence(layers: shortcut())
  }

  public var name: String { "residual" }
  public var gainRole: GainRole { .endsChain }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    let (one, other) = try shapes(from: input)
    let (output, beside) = (one[one.count - 1], other[other.count - 1])
    guard output == beside else {
      throw LayerError(
        "has a block that gives \(output) beside a shortcut that gives \(beside); give the shortcut a projection")
    }
    return output
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    branches(input).flatMap { branch in
      branch.sequence.parameters(for: branch.shapes).map { $0.placed(under: branch.name, before: nil) }
    }
  }

  public func states(for input: Shape) -> [StateDeclaration] {
    branches(input).flatMap { branch in
      branch.sequence.states(for: branch.shapes).map {
        StateDeclaration("\(branch.name).\($0.name)", shape: $0.shape, initial: $0.initial)
      }
    }
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    let block = context.scoped(to: "main") { main.apply(x, in: &$0) }
    return block + context.scoped(to: "shortcut") { shortcut.apply(x, in: &$0) }
  }

  private func shapes(from input: Shape) throws(LayerError) -> ([Shape], [Shape]) {
    (try main.shapes(from: input), try shortcut.shapes(from: input))
  }

  /// F and S. `input` is a shape that the block takes.
  func branches(_ input: Shape) -> [(name: String, sequence: LayerSequence, shapes: [Shape])] {
    guard let (one, other) = try? shapes(from: input) else {
      preconditionFailure("a residual block cannot take an input of shape \(input)")
    }
    return [("main", main, one), ("shortcut", shortcut, other)]
  }
}

extension Residual: Codable {
  private enum CodingKeys: String, CodingKey { case main, shortcut }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    var block = container.nestedUnkeyedContainer(forKey: .main)
    try SavedLayers.encode(main.layers, to: &block)
    var beside = container.nestedUnkeyedContainer(forKey: .shortcut)
    try SavedLayers.encode(shortcut.layers, to: &beside)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var block = try container.nestedUnkeyedContainer(forKey: .main)
    main = LayerSequence(layers: try SavedLayers.decode(from: &block))
    var beside = try container.nestedUnkeyedContainer(forKey: .shortcut)
    shortcut = LayerSequence(layers: try SavedLayers.decode(from: &beside))
  }
}
