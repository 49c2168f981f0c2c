//  SafetensorsHeader.swift — the list of arrays at the start of a safetensors file.
//
//  Layout: the length of the header (64 bits, lowest byte first), the header, the buffer. The header is a JSON object: a name
//  for each array with `dtype`, `shape` and `data_offsets` [begin, end) in the buffer, and `__metadata__`, texts by name.
//  The arrays fill the buffer: none overlap, no byte is left over. Source: the format's description in its reference
//  implementation, github.com/huggingface/safetensors.

/// What a safetensors header says, checked against the length of the file.
struct SafetensorsHeader {
  struct Entry: Equatable {
    let kind: NumberKind
    let extents: [Int]

    /// The place of the array in the buffer.
    let range: Range<Int>
  }

  static let metadataKey = "__metadata__"

  /// The reference implementation reads no longer header.
  static let longestHeader = 100_000_000

  let metadata: [String: String]
  let entries: [String: Entry]

  /// Where the buffer begins in the file.
  let bufferStart: Int

  /// Throws: `DatasetError` if the file is not in the format, or its parts do not fit together.
  init(_ bytes: [UInt8], file: String) throws(DatasetError) {
    var cursor = ByteCursor(bytes)
    guard !bytes.isEmpty else { throw Self.fault(file, "the file is empty") }
    guard let claimed = cursor.littleEndian(UInt64.self) else {
      throw Self.fault(file, "the file is shorter than the eight bytes of a header's length")
    }
    guard claimed <= UInt64(Self.longestHeader), let text = cursor.take(Int(claimed)) else {
      throw Self.fault(
        file, "the header claims \(claimed) bytes and the file has \(cursor.remaining) behind its length")
    }
    bufferStart = cursor.position
    guard text.first == UInt8(ascii: "{") else { throw Self.fault(file, "the header is not a JSON object") }
    let json: StrictJSON
    do throws(StrictJSON.Fault) {
      json = try StrictJSON.parsed(text)
    } catch {
      throw Self.fault(file, "the header \(error.clause)")
    }
    guard case .object(let members) = json else { throw Self.fault(file, "the header is not a JSON object") }
    var entries: [String: Entry] = [:]
    for (name, value) in members.sorted(by: { $0.key < $1.key }) where name != Self.metadataKey {
      entries[name] = try Self.entry(name, value, bufferSize: cursor.remaining, file: file)
    }
    self.entries = entries
    metadata = try Self.metadata(members[Self.metadataKey], file: file)
    try Self.checkCover(entries, bufferSize: cursor.remaining, file: file)
  }

  static func fault(_ file: String, _ problem: String) -> DatasetError {
    DatasetError(file: file, problem: problem, advice: "fetch or save the safetensors file again")
  }

  private static func metadata(_ value: StrictJSON?, file: String) throws(DatasetError) -> [String: String] {
    guard let value else { return [:] }
    guard case .object(let members) = value else { throw fault(file, "the metadata is not a JSON object") }
    var metadata: [String: String] = [:]
    for (key, member) in members.sorted(by: { $0.key < $1.key }) {
      guard case .string(let text) = member else {
        throw fault(file, "the metadata \(DatasetError.excerpt(of: key)) is not a text")
      }
      metadata[key] = text
    }
    return metadata
  }

  private static func entry(
    _ name: String, _ value: StrictJSON, bufferSize: Int, file: String
  ) throws(DatasetError) -> Entry {
    let quoted = DatasetError.excerpt(of: name)
    guard case .object(let members) = value, case .string(let code)? = members["dtype"],
      let extents = integers(members["shape"]), let offsets = integers(members["data_offsets"]), offsets.count == 2
    else { throw fault(file, "the array \(quoted) lacks a dtype, a shape of integers or two data_offsets") }
    guard let kind = NumberKind(safetensorsCode: code) else {
      throw fault(file, "the array \(quoted) has the unknown dtype \(DatasetError.excerpt(of: code))")
    }
    guard let size = kind.byteCount(extents: extents) else {
      throw fault(file, "the array \(quoted) has impossible extents")
    }
    guard offsets[0] >= 0 && offsets[0] <= offsets[1] && offsets[1] <= bufferSize else {
      throw fault(file, "the array \(quoted) lies outside of the \(bufferSize) bytes that the file holds")
    }
    guard offsets[1] - offsets[0] == size else {
      throw fault(file, "the array \(quoted) has \(offsets[1] - offsets[0]) bytes and its shape needs \(size)")
    }
    return Entry(kind: kind, extents: extents, range: offsets[0]..<offsets[1])
  }

  private static func integers(_ value: StrictJSON?) -> [Int]? {
    guard case .array(let elements)? = value else { return nil }
    var integers: [Int] = []
    for element in elements {
      guard case .integer(let integer) = element else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// In the order of their places, each array begins where the one before it ends, and the last ends with the buffer.
  private static func checkCover(_ entries: [String: Entry], bufferSize: Int, file: String) throws(DatasetError) {
    let ordered = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    var end = 0
    for (name, entry) in ordered {
      let quoted = DatasetError.excerpt(of: name)
      guard entry.range.lowerBound <= end else {
        throw fault(file, "no array covers bytes \(end) to \(entry.range.lowerBound), before the array \(quoted)")
      }
      guard entry.range.lowerBound == end else { throw fault(file, "the array \(quoted) overlaps another one") }
      end = entry.range.upperBound
    }
    guard end == bufferSize else {
      throw fault(file, "\(bufferSize - end) \(bufferSize - end == 1 ? "byte follows" : "bytes follow") the last array")
    }
  }
}

extension NumberKind {
  /// The name of the kind in safetensors files.
  var safetensorsCode: String {
    switch self {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .uint16: "U16"
    case .uint32: "U32"
    case .uint64: "U64"
    case .int8: "I8"
    case .int16: "I16"
    case .int32: "I32"
    case .int64: "I64"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float32: "F32"
    case .float64: "F64"
    }
  }

  init?(safetensorsCode code: String) {
    guard let kind = Self.allCases.first(where: { $0.safetensorsCode == code }) else { return nil }
    self = kind
  }
}
