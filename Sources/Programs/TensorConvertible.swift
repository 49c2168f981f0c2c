//  TensorConvertible.swift — what may stand in a formula where a tensor is wanted: a tensor, a number, numbers, an array.

public import Arrays

/// A value that can be written as a tensor.
///
/// `Double`, `Int`, `DenseArray` and `Tensor` itself; and arrays of these, joined along a new first axis: `[Double]` is a vector,
/// `[[Double]]` a matrix, `[Tensor]` a tensor of one rank more.
public protocol TensorConvertible {
  var tensor: Tensor { get }
}

extension Tensor: TensorConvertible {
  public var tensor: Tensor { self }
}

extension Double: TensorConvertible {
  public var tensor: Tensor { .constant(self) }
}

extension Int: TensorConvertible {
  public var tensor: Tensor { .constant(Double(self)) }
}

extension DenseArray: TensorConvertible {
  public var tensor: Tensor { .constant(self) }
}

extension Array: TensorConvertible where Element: TensorConvertible {
  public var tensor: Tensor { stack(map(\.tensor)) }
}

extension Tensor {
  /// The constant of a number, of numbers (shape [n]), of rows (shape [rows, columns]) or of an array.
  public init(_ value: some TensorConvertible) { self = value.tensor }
}

/// The parts one after the other along a new axis. All constants become one.
///
/// - Parameter parts: At least one, of one shape.
/// - Returns: Shape that of a part, with the number of parts before `axis`.
public func stack(_ parts: [Tensor], axis: Int = 0) -> Tensor {
  precondition(!parts.isEmpty, "a stack of nothing has no shape")
  let shape = parts[0].shape
  precondition(
    parts.allSatisfy { $0.shape == shape }, "a stack of shapes \(parts.map { "\($0.shape)" }.joined(separator: ", "))")
  precondition(axis >= 0 && axis <= shape.rank, "a stack of shapes \(shape) along axis \(axis)")
  if axis == 0 {
    let numbers = parts.compactMap(\.constantElements)
    if numbers.count == parts.count {
      return .constant(DenseArray(Array(numbers.joined()), shape: Shape([parts.count] + shape.extents)))
    }
  }
  var extents = shape.extents
  extents.insert(1, at: axis)
  return concatenate(parts.map { $0.reshaped(Shape(extents)) }, axis: axis)
}

extension Tensor {
  /// The elements of a constant; `nil` for what is computed.
  package var constantElements: [Double]? {
    switch node.primitive {
    case .constant(let value): [Double](repeating: value, count: shape.count)
    case .array(let values): values
    default: nil
    }
  }
}
