//  ZipDirectory.swift — the list of a zip file's entries.
//
//  The list stands before the end of the file. Its own place, length and number of entries are in a record at the very end,
//  behind which only a comment may follow; where 16 or 32 bits are too few, in a second record of 64 bits before it.
//  Source: APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3.12 to 4.3.16 and 4.5.3.

/// An entry, as the list describes it.
struct ZipEntry: Equatable {
  enum Method: UInt16 {
    case stored = 0
    case deflated = 8
  }

  let name: String
  let method: Method
  let checksum: UInt32
  let compressedSize: Int
  let size: Int

  /// Where the entry's own header begins.
  let offset: Int
}

/// Reads the list of entries.
struct ZipDirectory {
  let entries: [ZipEntry]
  private let file: String

  /// Throws: `DatasetError` if the bytes are not a zip file, or the list is damaged.
  init(_ bytes: [UInt8], file: String) throws(DatasetError) {
    self.file = file
    let place = try Self.place(in: bytes, file: file)
    var cursor = ByteCursor(bytes, at: place.offset)
    var entries: [ZipEntry] = []
    var names: Set<String> = []
    for _ in 0..<place.count {
      let entry = try Self.entry(from: &cursor, file: file)
      guard names.insert(entry.name).inserted else {
        throw Self.fault(file, "two entries have the name \(DatasetError.excerpt(of: entry.name))")
      }
      entries.append(entry)
    }
    self.entries = entries
  }

  static func fault(_ file: String, _ problem: String) -> DatasetError {
    DatasetError(file: file, problem: problem, advice: "write the zip file again")
  }

  private static func place(in bytes: [UInt8], file: String) throws(DatasetError) -> (offset: Int, count: Int) {
    guard !bytes.isEmpty else { throw fault(file, "the file is empty") }
    guard let end = endRecord(in: bytes) else {
      throw fault(file, "this is not a whole zip file: it has no list of entries")
    }
    var cursor = ByteCursor(bytes, at: end + 10)
    let count = cursor.littleEndian(UInt16.self) ?? 0
    let size = cursor.littleEndian(UInt32.self) ?? 0
    let offset = cursor.littleEndian(UInt32.self) ?? 0
    if count == .max || size == .max || offset == .max, let large = largePlace(in: bytes, before: end) { return large }
    guard Int(offset) + Int(size) <= end else { throw fault(file, "the list of entries is outside of the file") }
    return (Int(offset), Int(count))
  }

  /// Where the record at the end begins: the last place that has its mark and whose comment reaches the end.
  private static func endRecord(in bytes: [UInt8]) -> Int? {
    guard bytes.count >= 22 else { return nil }
    for start in stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 65_535), by: -1) {
      guard bytes[start] == 0x50, bytes[start + 1] == 0x4B, bytes[start + 2] == 5, bytes[start + 3] == 6 else {
        continue
      }
      if start + 22 + Int(bytes[start + 20]) + Int(bytes[start + 21]) << 8 == bytes.count { return start }
    }
    return nil
  }

  private static func largePlace(in bytes: [UInt8], before end: Int) -> (offset: Int, count: Int)? {
    guard end >= 20 else { return nil }
    var locator = ByteCursor(bytes, at: end - 20)
    guard locator.littleEndian(UInt32.self) == 0x0706_4B50, locator.littleEndian(UInt32.self) == 0,
      let record = locator.littleEndian(UInt64.self), record <= UInt64(end - 20)
    else { return nil }
    var cursor = ByteCursor(bytes, at: Int(record))
    guard cursor.littleEndian(UInt32.self) == 0x0606_4B50, cursor.take(28) != nil,
      let count = cursor.littleEndian(UInt64.self), cursor.take(8) != nil,
      let offset = cursor.littleEndian(UInt64.self), count <= UInt64(bytes.count / 46), offset <= UInt64(bytes.count)
    else { return nil }
    return (Int(offset), Int(count))
  }

  private static func entry(from cursor: inout ByteCursor, file: String) throws(DatasetError) -> ZipEntry {
    guard cursor.littleEndian(UInt32.self) == 0x0201_4B50, cursor.take(4) != nil,
      let flags = cursor.littleEndian(UInt16.self), let code = cursor.littleEndian(UInt16.self), cursor.take(4) != nil,
      let checksum = cursor.littleEndian(UInt32.self), let compressedSize = cursor.littleEndian(UInt32.self),
      let size = cursor.littleEndian(UInt32.self), let nameLength = cursor.littleEndian(UInt16.self),
      let extraLength = cursor.littleEndian(UInt16.self), let commentLength = cursor.littleEndian(UInt16.self),
      cursor.take(8) != nil, let offset = cursor.littleEndian(UInt32.self),
      let nameBytes = cursor.take(Int(nameLength)),
      let extra = cursor.take(Int(extraLength)), cursor.take(Int(commentLength)) != nil
    else { throw fault(file, "the list of entries is damaged") }
    guard let name = String(validating: nameBytes, as: UTF8.self) else {
      throw fault(file, "the name of an entry is not valid UTF-8")
    }
    guard flags & 1 == 0 else { throw fault(file, "the entry \(DatasetError.excerpt(of: name)) is encrypted") }
    guard let method = ZipEntry.Method(rawValue: code) else {
      throw fault(file, "the entry \(DatasetError.excerpt(of: name)) is compressed by the unknown method \(code)")
    }
    guard let sizes = sizes(size, compressedSize, offset, extra: extra) else {
      throw fault(file, "the sizes of the entry \(DatasetError.excerpt(of: name)) are damaged")
    }
    return ZipEntry(
      name: name, method: method, checksum: checksum, compressedSize: sizes[1], size: sizes[0], offset: sizes[2])
  }

  /// The three sizes; those that are all ones stand, in this order, with 64 bits in the extra field of the mark 1.
  private static func sizes(_ short: UInt32..., extra: ArraySlice<UInt8>) -> [Int]? {
    guard short.contains(.max) else { return short.map(Int.init) }
    var fields = ByteCursor(Array(extra))
    while let mark = fields.littleEndian(UInt16.self), let length = fields.littleEndian(UInt16.self) {
      guard let content = fields.take(Int(length)) else { return nil }
      guard mark == 1 else { continue }
      var numbers = ByteCursor(Array(content))
      let sizes = short.map { $0 == .max ? numbers.littleEndian(UInt64.self).flatMap { Int(exactly: $0) } : Int($0) }
      return sizes.contains(nil) ? nil : sizes.compactMap { $0 }
    }
    return nil
  }
}
