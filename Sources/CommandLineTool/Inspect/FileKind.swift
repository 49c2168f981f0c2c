//  FileKind.swift — what kind of file this is, by its first bytes.

import Credence
import Foundation

enum FileKind {
  case safetensors, npy, npz, idx, table

  /// Throws: `DatasetError` when the file cannot be read.
  init(of path: String) throws(DatasetError) {
    guard let handle = FileHandle(forReadingAtPath: path), let start = try? handle.read(upToCount: 16) else {
      throw DatasetError(
        file: path, problem: "the file cannot be read", advice: "check that the path is right and that you may use it")
    }
    try? handle.close()
    let bytes = [UInt8](start)
    if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
      self = .npy
    } else if bytes.starts(with: Array("PK".utf8)) {
      self = .npz
    } else if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[5...7].allSatisfy({ $0 == 0 }) {
      self = .safetensors
    } else if bytes.starts(with: [0, 0]) {
      self = .idx
    } else if bytes.starts(with: [0x1F, 0x8B]), (try? StoredArray(contentsOfIDX: path)) != nil {
      self = .idx
    } else {
      self = .table
    }
  }
}
