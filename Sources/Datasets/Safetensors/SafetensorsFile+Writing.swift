//  SafetensorsFile+Writing.swift — arrays and texts to a safetensors file.
//
//  The widest numbers come first and the header is padded to a multiple of eight bytes, so that every array starts at a
//  multiple of its numbers' width. Equal contents give equal files: names are sorted within a width.

import Arrays

extension SafetensorsFile {
  /// The bytes of a file with these arrays and texts, in pieces that follow one another.
  ///
  /// Precondition: no array is called `__metadata__`; the header stays below the format's limit of 100 MB.
  public static func pieces(_ arrays: [String: StoredArray], metadata: [String: String] = [:]) -> [[UInt8]] {
    precondition(arrays[SafetensorsHeader.metadataKey] == nil, "the name __metadata__ is taken")
    let ordered = arrays.sorted { ($1.value.kind.width, $0.key) < ($0.value.kind.width, $1.key) }
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\(StrictJSON.spelling(of: $0.key)):\(StrictJSON.spelling(of: $0.value))" }
      members.append("\"\(SafetensorsHeader.metadataKey)\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for (name, array) in ordered {
      let shape = array.shape.extents.map(String.init).joined(separator: ",")
      let end = offset + array.bytes.count
      members.append(
        "\(StrictJSON.spelling(of: name)):{\"dtype\":\"\(array.kind.safetensorsCode)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    precondition(header.count <= SafetensorsHeader.longestHeader, "a header of \(header.count) bytes")
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { [UInt8]($0) }
    return [length + header] + ordered.map(\.value.bytes)
  }

  /// Writes a file with these arrays and texts, as a whole or not at all.
  ///
  /// Precondition: as `pieces(_:metadata:)`. Throws: `DatasetError` if the file cannot be written.
  public static func write(
    _ arrays: [String: StoredArray], metadata: [String: String] = [:], to path: String
  ) throws(DatasetError) {
    try AtomicFile.write(pieces(arrays, metadata: metadata), to: path)
  }
}
