//  Layer.swift — a layer is a value that speaks of one example: a shape in, a shape out, and what it computes.
//
//  A layer owns no numbers. It declares its parameters and its state; when it is traced, the context hands out the
//  tensors under the names that were declared. A layer of one's own takes a few lines:
//
//    struct Stretch: Layer {
//      var name: String { "stretch" }
//      func outputShape(for input: Shape) -> Shape { input }
//      func parameters(for input: Shape) -> [ParameterDeclaration] {
//        [ParameterDeclaration("factor", shape: input, role: .scale, initialiser: .constant(1))]
//      }
//      func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor { x * context.parameter("factor") }
//    }

public import Arrays
public import Probability
public import Programs

/// One step of a network.
public protocol Layer: Sendable {
  /// One word, for names of parameters and for summaries: "dense".
  var name: String { get }

  /// The shape that one example has after the layer, without the axis of examples.
  ///
  /// Throws: `LayerError` when the layer cannot take such an input.
  func outputShape(for input: Shape) throws(LayerError) -> Shape

  /// The parameters, in the order in which they lie in θ. `input` is a shape that the layer takes.
  func parameters(for input: Shape) -> [ParameterDeclaration]

  /// The running statistics. `input` is a shape that the layer takes.
  func states(for input: Shape) -> [StateDeclaration]

  /// Traces the layer. Shape [N, …] → [N, …].
  func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor

  /// What the layer does to the spread of its outputs' inputs, so that the weights before it can be initialised.
  var gainRole: GainRole { get }
}

extension Layer {
  public func parameters(for input: Shape) -> [ParameterDeclaration] { [] }
  public func states(for input: Shape) -> [StateDeclaration] { [] }
  public var gainRole: GainRole { .passesOn }
}

/// How a layer matters to the initialisation of weights before it.
public enum GainRole: Hashable, Sendable {
  /// An activation: weights before it are drawn for it.
  case activation(Activation)
  /// A layer with weights of its own: weights before it are drawn as without an activation.
  case endsChain
  /// Neither: what follows decides.
  case passesOn
}

/// A parameter that a layer asks for.
public struct ParameterDeclaration: Sendable {
  public let name: String
  public let shape: Shape
  public let role: ParameterRole
  public let fanIn: Int
  public let fanOut: Int
  public let initialiser: Initialiser

  public init(
    _ name: String, shape: Shape, role: ParameterRole, fanIn: Int = 1, fanOut: Int = 1, initialiser: Initialiser
  ) {
    self.name = name
    self.shape = shape
    self.role = role
    self.fanIn = fanIn
    self.fanOut = fanOut
    self.initialiser = initialiser
  }

  /// The same under a longer name, with its initialiser settled for the activation that follows, if that is known.
  func placed(under prefix: String, before activation: Activation?) -> ParameterDeclaration {
    ParameterDeclaration(
      "\(prefix).\(name)", shape: shape, role: role, fanIn: fanIn, fanOut: fanOut,
      initialiser: activation.map { initialiser.settled(before: $0) } ?? initialiser)
  }
}

/// A running statistic that a layer asks for.
public struct StateDeclaration: Hashable, Sendable {
  public let name: String
  public let shape: Shape
  /// The value of each element before training.
  public let initial: Double

  public init(_ name: String, shape: Shape, initial: Double) {
    self.name = name
    self.shape = shape
    self.initial = initial
  }
}
