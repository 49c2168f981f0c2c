//  Tensor.swift — symbolic values: what models and log densities compute with.
//
//  A tensor is a node of an immutable graph: an operation, its operands, the shape of its result. Nothing is computed
//  until a `Program` made from the graph is run.

public import Arrays

/// A symbolic array with a static shape.
///
/// Models and log densities are ordinary functions of tensors. They are recorded once into a `Program`.
public struct Tensor: Sendable {
  package final class Node: Sendable {
    package let primitive: Primitive
    package let operands: [Tensor]
    package let shape: Shape

    init(_ primitive: Primitive, _ operands: [Tensor], _ shape: Shape) {
      self.primitive = primitive
      self.operands = operands
      self.shape = shape
    }
  }

  package let node: Node

  /// Records an operation. The shape rule traps when the operands do not fit it.
  package init(_ primitive: Primitive, _ operands: [Tensor], shape: Shape? = nil) {
    let result = ShapeRule.shape(of: primitive, operands: operands.map(\.shape), requested: shape)
    node = Node(primitive, operands, result)
  }

  public var shape: Shape { node.shape }
  package var identity: ObjectIdentifier { ObjectIdentifier(node) }

  /// A placeholder for the input number `index` of a program.
  public static func input(_ index: Int, shape: Shape) -> Tensor { Tensor(.input(index), [], shape: shape) }

  /// A constant, every element `value`.
  public static func constant(_ value: Double, shape: Shape = .scalar) -> Tensor {
    Tensor(.constant(value), [], shape: shape)
  }

  /// A constant array.
  public static func constant<Element>(_ array: DenseArray<Element>) -> Tensor {
    Tensor(.array(array.elements.map { Double($0) }), [], shape: array.shape)
  }

  /// 0, 1, 2, … along `axis`.
  public static func iota(shape: Shape, axis: Int) -> Tensor { Tensor(.iota(axis: axis), [], shape: shape) }

  /// Independent random numbers, a pure function of the key of the run, of `site` and of the element's index.
  ///
  /// Two uses of one site are the same numbers; independent numbers need different sites.
  public static func random(_ distribution: RandomDistribution, shape: Shape, site: UInt32) -> Tensor {
    Tensor(.random(distribution, site: site), [], shape: shape)
  }

  /// The same value, taken as constant by differentiation.
  public var stoppingGradient: Tensor { Tensor(.stopGradient, [self]) }
}
