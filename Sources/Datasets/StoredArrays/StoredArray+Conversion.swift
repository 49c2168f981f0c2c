//  StoredArray+Conversion.swift — from the bits of a file to numbers to compute with.

public import Arrays

extension StoredArray {
  /// All numbers in the element type: exact where it can hold them, else rounded to nearest. A bool is 0 or 1.
  public func converted<Element: Scalar>(to type: Element.Type = Element.self) -> DenseArray<Element> {
    DenseArray(numbers(0..<count, as: Element.self), shape: shape)
  }

  /// The numbers `range`, in order, in the element type. Precondition: a range of `0..<count`.
  public func numbers<Element: Scalar>(_ range: Range<Int>, as type: Element.Type = Element.self) -> [Element] {
    switch kind {
    case .bool: bits(range, as: UInt8.self).map { $0 == 0 ? 0 : 1 }
    case .uint8: bits(range, as: UInt8.self).map { Element($0) }
    case .uint16: bits(range, as: UInt16.self).map { Element($0) }
    case .uint32: bits(range, as: UInt32.self).map { Element($0) }
    case .uint64: bits(range, as: UInt64.self).map { Element($0) }
    case .int8: bits(range, as: Int8.self).map { Element($0) }
    case .int16: bits(range, as: Int16.self).map { Element($0) }
    case .int32: bits(range, as: Int32.self).map { Element($0) }
    case .int64: bits(range, as: Int64.self).map { Element($0) }
    case .float16: bits(range, as: UInt16.self).map { Element(Self.float(half: $0)) }
    case .bfloat16: bits(range, as: UInt16.self).map { Element(Float(bitPattern: UInt32($0) << 16)) }
    case .float32: bits(range, as: UInt32.self).map { Element(Float(bitPattern: $0)) }
    case .float64: bits(range, as: UInt64.self).map { Element(Double(bitPattern: $0)) }
    }
  }

  /// All numbers as integers, in order. `nil`: the kind is not an integer one, or a number does not fit.
  public func integers() -> [Int]? {
    switch kind {
    case .bool: bits(0..<count, as: UInt8.self).map { $0 == 0 ? 0 : 1 }
    case .uint8: bits(0..<count, as: UInt8.self).map(Int.init)
    case .uint16: bits(0..<count, as: UInt16.self).map(Int.init)
    case .uint32: bits(0..<count, as: UInt32.self).map(Int.init)
    case .uint64: whole(bits(0..<count, as: UInt64.self).map { Int(exactly: $0) })
    case .int8: bits(0..<count, as: Int8.self).map(Int.init)
    case .int16: bits(0..<count, as: Int16.self).map(Int.init)
    case .int32: bits(0..<count, as: Int32.self).map(Int.init)
    case .int64: bits(0..<count, as: Int64.self).map(Int.init)
    case .float16, .bfloat16, .float32, .float64: nil
    }
  }

  private func whole(_ numbers: [Int?]) -> [Int]? {
    numbers.contains(nil) ? nil : numbers.compactMap { $0 }
  }

  /// A 16-bit float of IEEE 754: sign, 5 bits of exponent with bias 15, 10 bits of fraction.
  static func float(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
