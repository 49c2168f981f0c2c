//  ZipEntry+Content.swift — what an entry of a zip file holds, unpacked and held against its checksum.

extension ZipEntry {
  /// The entry's bytes.
  ///
  /// Throws: `DatasetError` if it is outside of the file, does not unpack to its size, or does not match its checksum.
  func content(in bytes: [UInt8], file: String) throws(DatasetError) -> [UInt8] {
    let content = try unpacked(in: bytes, file: file)
    guard Datasets.checksum(content[...]) == checksum else {
      throw ZipDirectory.fault(file, "the entry \(DatasetError.excerpt(of: name)) does not match its checksum")
    }
    return content
  }

  private func unpacked(in bytes: [UInt8], file: String) throws(DatasetError) -> [UInt8] {
    let quoted = DatasetError.excerpt(of: name)
    let outside = ZipDirectory.fault(file, "the entry \(quoted) is not inside of the file")
    guard offset <= bytes.count else { throw outside }
    var cursor = ByteCursor(bytes, at: offset)
    guard cursor.littleEndian(UInt32.self) == 0x0403_4B50, cursor.take(22) != nil,
      let nameLength = cursor.littleEndian(UInt16.self), let extraLength = cursor.littleEndian(UInt16.self),
      cursor.take(Int(nameLength) + Int(extraLength)) != nil, let packed = cursor.take(compressedSize)
    else { throw outside }
    switch method {
    case .stored:
      guard size == compressedSize else {
        throw ZipDirectory.fault(file, "the two sizes of the entry \(quoted) differ")
      }
      return Array(packed)
    case .deflated:
      guard let content = inflatedBytes(of: packed, size: size) else {
        throw ZipDirectory.fault(file, "the entry \(quoted) does not unpack to the \(size) bytes that it claims")
      }
      return content
    }
  }
}
