//  FileKind.swift — what kind of file this is, by its first bytes.

import Credence
import Foundation

enum FileKind {
  case safetensors, npy, npz, idx, table

  /// Throws: `DatasetError` when the file cannot be read, or is none of these kinds.
  init(of path: String) throws(DatasetError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw DatasetError(file: path, problem: "this is a folder", advice: "name a file in it")
    }
    guard let handle = FileHandle(forReadingAtPath: path), let start = try? handle.read(upToCount: 512) ?? Data() else {
      throw DatasetError(
        file: path, problem: "the file cannot be read", advice: "check that the path is right and that you may use it")
    }
    try? handle.close()
    let bytes = [UInt8](start)
    if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
      self = .npy
    } else if bytes.starts(with: Array("PK".utf8)) {
      self = .npz
    } else if FittedModel.mayBegin(with: bytes) || FittedModel.isNamedAsModel(path) {
      // What is named as a model is read as one, and told what is wrong with it.
      self = .safetensors
    } else if bytes.starts(with: [0, 0]) {
      self = .idx
    } else if bytes.starts(with: [0x1F, 0x8B]), (try? StoredArray(contentsOfIDX: path)) != nil {
      self = .idx
    } else if bytes.starts(with: [0x1F, 0x8B]) || !Self.isBinary(bytes) {
      self = .table
    } else {
      throw DatasetError(
        file: path, problem: "this is a binary file of a kind that Credence does not know",
        advice: "it reads safetensors, NPY, NPZ, IDX and CSV")
    }
  }

  /// Whether control bytes show that this is no text. UTF-16 is text for people, and the reader of tables explains it.
  private static func isBinary(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return false }
    return bytes.contains { $0 < 0x20 && !(0x09...0x0D).contains($0) }
  }
}
