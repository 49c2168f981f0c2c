//  DenseArray.swift — concrete numbers with a shape.

/// A dense, row-major array of numbers. A value: copies share storage until one is written to.
public struct DenseArray<Element: Scalar>: Hashable, Sendable {
  public let shape: Shape

  /// The elements, last axis fastest. `elements.count == shape.count`.
  public private(set) var elements: [Element]

  /// Precondition: as many elements as the shape has.
  public init(_ elements: [Element], shape: Shape) {
    precondition(
      elements.count == shape.count, "shape \(shape) holds \(shape.count) elements, but \(elements.count) were given")
    self.shape = shape
    self.elements = elements
  }

  /// A vector. Shape [elements.count].
  public init(_ elements: [Element]) { self.init(elements, shape: [elements.count]) }

  /// A matrix from its rows. Precondition: rows of one length.
  public init(rows: [[Element]]) {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "the rows of a matrix have one length")
    self.init(Array(rows.joined()), shape: [rows.count, columns])
  }

  /// An array in which every element is `value`.
  public init(repeating value: Element, shape: Shape) {
    self.init([Element](repeating: value, count: shape.count), shape: shape)
  }

  public var count: Int { elements.count }
  public var rank: Int { shape.rank }

  /// The element at a full index, one number per axis.
  public subscript(index: Int...) -> Element {
    get { elements[offset(of: index)] }
    set { elements[offset(of: index)] = newValue }
  }

  private func offset(of index: [Int]) -> Int {
    precondition(index.count == rank, "an index of \(index.count) numbers into shape \(shape)")
    var offset = 0
    for (axis, i) in index.enumerated() {
      precondition(i >= 0 && i < shape[axis], "index \(index) is outside of shape \(shape)")
      offset = offset * shape[axis] + i
    }
    return offset
  }

  /// The same elements under another shape. Precondition: as many elements.
  public func reshaped(_ shape: Shape) -> DenseArray { DenseArray(elements, shape: shape) }

  /// The rows `range` of the outermost axis.
  public func rows(_ range: Range<Int>) -> DenseArray {
    let row = shape.extents.dropFirst().reduce(1, *)
    return DenseArray(
      Array(elements[range.lowerBound * row..<range.upperBound * row]),
      shape: Shape([range.count] + shape.extents.dropFirst()))
  }

  /// The rows at `indices` of the outermost axis, in that order.
  public func rows(at indices: [Int]) -> DenseArray {
    let row = shape.extents.dropFirst().reduce(1, *)
    var gathered: [Element] = []
    gathered.reserveCapacity(indices.count * row)
    for index in indices { gathered += elements[index * row..<(index + 1) * row] }
    return DenseArray(gathered, shape: Shape([indices.count] + shape.extents.dropFirst()))
  }

  public func withUnsafeElements<Result>(_ body: (UnsafeBufferPointer<Element>) throws -> Result) rethrows -> Result {
    try elements.withUnsafeBufferPointer(body)
  }

  public mutating func withUnsafeMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    try elements.withUnsafeMutableBufferPointer { try body($0) }
  }
}

extension DenseArray {
  /// The same numbers in another element type.
  public func converted<Other: Scalar>(to type: Other.Type = Other.self) -> DenseArray<Other> {
    if let same = self as? DenseArray<Other> { return same }
    // Loops over the two types by name, since those over any type call a function for each number.
    let other: Any
    switch self {
    case let floats as DenseArray<Float>: other = DenseArray<Double>(floats.elements.map { Double($0) }, shape: shape)
    case let doubles as DenseArray<Double>: other = DenseArray<Float>(doubles.elements.map { Float($0) }, shape: shape)
    default: preconditionFailure("\(Element.self) is neither Float nor Double")
    }
    guard let converted = other as? DenseArray<Other> else { preconditionFailure("\(Other.self) is neither") }
    return converted
  }
}
