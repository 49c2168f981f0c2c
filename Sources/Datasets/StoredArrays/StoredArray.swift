//  StoredArray.swift — an array as a file holds it: any kind of number, bit for bit.

public import Arrays

/// An array of any kind of number, with the bits that the file has.
public struct StoredArray: Hashable, Sendable {
  public let kind: NumberKind
  public let shape: Shape

  /// The numbers, row-major (last axis fastest), each in little-endian order.
  public let bytes: [UInt8]

  /// Precondition: as many bytes as the shape and the kind need.
  public init(kind: NumberKind, shape: Shape, bytes: [UInt8]) {
    precondition(
      kind.byteCount(extents: shape.extents) == bytes.count,
      "\(kind) numbers of shape \(shape) do not take \(bytes.count) bytes")
    self.kind = kind
    self.shape = shape
    self.bytes = bytes
  }

  /// The same bits as `array`.
  public init(_ array: DenseArray<Float>) {
    self.init(kind: .float32, shape: array.shape, bytes: Self.littleEndian(array.elements.map(\.bitPattern)))
  }

  /// The same bits as `array`.
  public init(_ array: DenseArray<Double>) {
    self.init(kind: .float64, shape: array.shape, bytes: Self.littleEndian(array.elements.map(\.bitPattern)))
  }

  /// A vector of 64-bit integers. Shape [integers.count].
  public init(_ integers: [Int]) {
    self.init(
      kind: .int64, shape: [integers.count],
      bytes: Self.littleEndian(integers.map { UInt64(bitPattern: Int64($0)) }))
  }

  private static func littleEndian<Bits: FixedWidthInteger>(_ numbers: [Bits]) -> [UInt8] {
    numbers.map(\.littleEndian).withUnsafeBytes { [UInt8]($0) }
  }

  public var count: Int { shape.count }

  /// The numbers `range`, in order, as fixed-width integers of the same bits.
  func bits<Bits: FixedWidthInteger>(_ range: Range<Int>, as type: Bits.Type) -> [Bits] {
    precondition(Bits.bitWidth == 8 * kind.width && range.upperBound <= count, "\(kind) numbers \(range) of \(count)")
    let width = kind.width
    return bytes.withUnsafeBytes { raw in
      range.map { Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * width, as: Bits.self)) }
    }
  }
}
