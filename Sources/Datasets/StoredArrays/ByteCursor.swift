//  ByteCursor.swift — numbers out of bytes, with the end in sight.

/// A place in bytes. Whatever it reads is there, or it gives `nil` and stays.
struct ByteCursor {
  let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var remaining: Int { bytes.count - position }

  /// The next `count` bytes.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0 && count <= remaining else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The next number, lowest byte first.
  mutating func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type) -> Number? {
    take(Number.bitWidth / 8).map { $0.reversed().reduce(0) { $0 << 8 | Number($1) } }
  }

  /// The next number, highest byte first.
  mutating func bigEndian<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type) -> Number? {
    take(Number.bitWidth / 8).map { $0.reduce(0) { $0 << 8 | Number($1) } }
  }
}

/// The bytes with every group of `width` in the opposite order. Precondition: `width` divides the count.
func swappingByteOrder(_ bytes: [UInt8], width: Int) -> [UInt8] {
  guard width > 1 else { return bytes }
  precondition(bytes.count % width == 0, "\(bytes.count) bytes are not groups of \(width)")
  var swapped = bytes
  for start in stride(from: 0, to: bytes.count, by: width) {
    for place in 0..<width { swapped[start + place] = bytes[start + width - 1 - place] }
  }
  return swapped
}
