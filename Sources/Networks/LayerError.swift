//  LayerError.swift — a layer that does not fit where it stands.

public import Arrays

/// A network that cannot be built: which layer, and why.
public struct LayerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// From the outside in: "3.residual.0.dense". Empty until a network has placed the layer.
  public private(set) var layer: String
  /// What is wrong, and what to do, as a part of a sentence.
  public let problem: String

  public init(_ problem: String) {
    layer = ""
    self.problem = problem
  }

  /// The input has a wrong shape. `expected` is a pattern such as "[features]".
  public init(expected: String, input: Shape, advice: String? = nil) {
    self.init("takes an input of shape \(expected), not \(input)" + (advice.map { "; \($0)" } ?? ""))
  }

  public var description: String { "layer \(layer) \(problem)" }

  /// The same error, seen from outside of `place`.
  package func within(_ place: String) -> LayerError {
    var outer = self
    outer.layer = layer.isEmpty ? place : "\(place).\(layer)"
    return outer
  }

  /// Throws when a number of a layer's description is not in 1...1 048 576: no real layer is larger, and products of a few
  /// such numbers do not overflow.
  static func check(_ value: Int, from least: Int = 1, _ what: String) throws(LayerError) {
    guard value >= least && value <= 1 << 20 else {
      throw LayerError("needs a \(what) from \(least) to 1048576, not \(value)")
    }
  }
}
