//  SafetensorsFile.swift — named arrays and texts in one file.

import Arrays

/// The arrays and the metadata of a safetensors file.
///
/// The whole header is checked when the file is opened: a value of this type is a file whose every array can be read.
public struct SafetensorsFile: Sendable {
  /// Texts by name; empty if the file has none.
  public let metadata: [String: String]

  /// The names of the arrays, sorted.
  public let names: [String]

  private let file: String
  private let bytes: [UInt8]
  private let header: SafetensorsHeader

  /// Opens a safetensors file.
  ///
  /// Throws: `DatasetError` if the file is not in the format or is damaged.
  public init(contentsOf path: String) throws(DatasetError) {
    try self.init(try bytesOfFile(at: path), name: path)
  }

  /// Opens a safetensors file that is in memory; `name` stands for it in errors.
  ///
  /// Throws: `DatasetError` if the file is not in the format or is damaged.
  public init(_ bytes: [UInt8], name: String = "arrays.safetensors") throws(DatasetError) {
    header = try SafetensorsHeader(bytes, file: name)
    metadata = header.metadata
    names = header.entries.keys.sorted()
    file = name
    self.bytes = bytes
  }

  /// The array of that name.
  ///
  /// Throws: `DatasetError` if there is none.
  public func array(named name: String) throws(DatasetError) -> StoredArray {
    guard let entry = header.entries[name] else {
      throw DatasetError(
        file: file,
        problem: "there is no array \(DatasetError.excerpt(of: name))" + NearestName.question(name, among: names),
        advice: names.isEmpty ? "the file has none" : "the arrays are \(DatasetError.list(names))")
    }
    let start = header.bufferStart
    let content = bytes[start + entry.range.lowerBound..<start + entry.range.upperBound]
    return StoredArray(kind: entry.kind, shape: Shape(entry.extents), bytes: Array(content))
  }
}
