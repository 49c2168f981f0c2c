//  NPZArchive.swift — named arrays in one zip file, as `numpy.savez` and `numpy.savez_compressed` write it.

/// The arrays of an NPZ file. Each is unpacked, and its checksum verified, when it is asked for.
public struct NPZArchive: Sendable {
  /// The names of the arrays, without `.npy`, in the order of the file.
  public let names: [String]

  private let file: String
  private let bytes: [UInt8]
  private let entries: [String: ZipEntry]

  /// Opens an NPZ file.
  ///
  /// Throws: `DatasetError` if it is not a zip file of NPY files.
  public init(contentsOf path: String) throws(DatasetError) {
    try self.init(try bytesOfFile(at: path), name: path)
  }

  /// Opens an NPZ file that is in memory; `name` stands for it in errors.
  ///
  /// Throws: `DatasetError` if it is not a zip file of NPY files.
  public init(_ bytes: [UInt8], name: String = "arrays.npz") throws(DatasetError) {
    let directory = try ZipDirectory(bytes, file: name)
    var names: [String] = []
    var entries: [String: ZipEntry] = [:]
    for entry in directory.entries {
      guard entry.name.hasSuffix(".npy") else {
        throw ZipDirectory.fault(name, "the entry \(DatasetError.excerpt(of: entry.name)) is not an NPY file")
      }
      let array = String(entry.name.dropLast(4))
      names.append(array)
      entries[array] = entry
    }
    self.names = names
    self.entries = entries
    self.bytes = bytes
    file = name
  }

  /// The array of that name.
  ///
  /// Throws: `DatasetError` if there is none, or it is damaged.
  public func array(named name: String) throws(DatasetError) -> StoredArray {
    guard let entry = entries[name] else {
      throw DatasetError(
        file: file, problem: "there is no array \(DatasetError.excerpt(of: name))",
        advice: "the arrays are \(DatasetError.list(names))")
    }
    let content = try entry.content(in: bytes, file: file)
    return try StoredArray(npy: content, name: "\(file), array \(DatasetError.excerpt(of: name))")
  }
}
