//  NumberKind.swift — how one number of an array lies in a file.

/// The kinds of numbers that files hold.
public enum NumberKind: String, CaseIterable, Sendable {
  case bool
  case uint8, uint16, uint32, uint64
  case int8, int16, int32, int64
  case float16, bfloat16, float32, float64

  /// Bytes for one number.
  public var width: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  public var isInteger: Bool {
    switch self {
    case .bool, .uint8, .uint16, .uint32, .uint64, .int8, .int16, .int32, .int64: true
    case .float16, .bfloat16, .float32, .float64: false
    }
  }

  /// The bytes of an array. `nil`: an extent is negative, or a product of extents that are not 0 does not fit into an
  /// `Int`. With this check `Shape.count` and `Shape.strides` cannot overflow.
  public func byteCount(extents: [Int]) -> Int? {
    var product = width
    for extent in extents where extent != 0 {
      guard extent > 0 else { return nil }
      let (next, overflows) = product.multipliedReportingOverflow(by: extent)
      if overflows { return nil }
      product = next
    }
    return extents.contains(0) ? 0 : product
  }
}
