//  NPYWriter.swift — arrays to NPY files, version 1, C order, lowest byte first.

import Arrays

extension StoredArray {
  /// The array as an NPY file. `nil`: NPY has no bfloat16.
  public func npyBytes() -> [UInt8]? {
    let code: String
    switch kind {
    case .bool: code = "|b1"
    case .uint8: code = "|u1"
    case .uint16: code = "<u2"
    case .uint32: code = "<u4"
    case .uint64: code = "<u8"
    case .int8: code = "|i1"
    case .int16: code = "<i2"
    case .int32: code = "<i4"
    case .int64: code = "<i8"
    case .float16: code = "<f2"
    case .float32: code = "<f4"
    case .float64: code = "<f8"
    case .bfloat16: return nil
    }
    let extents = shape.extents.map { "\($0)," }.joined(separator: " ")
    var header = Array("{'descr': '\(code)', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
    // The numbers begin at a multiple of 64 bytes, as the format asks; ten bytes stand before the header.
    let padding = 63 - (10 + header.count) % 64
    header += [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
    return NPYHeader.magic + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header + bytes
  }

  /// Writes an NPY file, as a whole or not at all.
  ///
  /// Precondition: not bfloat16. Throws: `DatasetError` if the file cannot be written.
  public func writeNPY(to path: String) throws(DatasetError) {
    guard let bytes = npyBytes() else { preconditionFailure("NPY has no bfloat16") }
    try AtomicFile.write([bytes], to: path)
  }
}
