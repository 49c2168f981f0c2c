//  FileKind.swift — what kind of file this is, by its first bytes.

import Credence
import Foundation

enum FileKind {
  case safetensors, npy, npz, idx, json, table

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
      self = Self.firstEntry(of: bytes)?.hasSuffix(".json") ?? false ? .json : .npz
    } else if FittedModel.mayBegin(with: bytes) || FittedModel.isNamedAsModel(path) {
      // What is named as a model is read as one, and told what is wrong with it.
      self = .safetensors
    } else if Self.isList(bytes) {
      self = .json
    } else if bytes.starts(with: [0, 0]) {
      self = .idx
    } else if bytes.starts(with: [0x1F, 0x8B]), (try? StoredArray(contentsOfIDX: path)) != nil {
      self = .idx
    } else if bytes.starts(with: [0x1F, 0x8B]) || !Self.isBinary(bytes) {
      self = .table
    } else {
      throw DatasetError(
        file: path, problem: "this is a binary file of a kind that Credence does not know",
        advice: "it reads safetensors, NPY, NPZ, IDX, CSV, and draws in JSON")
    }
  }

  /// The name of the first entry of a zip file, which follows 30 bytes of numbers: at 26 its length.
  private static func firstEntry(of bytes: [UInt8]) -> String? {
    guard bytes.count > 30 else { return nil }
    let end = 30 + Int(bytes[26]) + 256 * Int(bytes[27])
    return end <= bytes.count ? String(decoding: bytes[30..<end], as: UTF8.self) : nil
  }

  /// Whether a text begins as a JSON list of objects, which no table does.
  private static func isList(_ bytes: [UInt8]) -> Bool {
    bytes.filter { !(0x09...0x0D).contains($0) && $0 != 0x20 }.starts(with: Array("[{".utf8))
  }

  /// Whether control bytes show that this is no text. UTF-16 is text for people, and the reader of tables explains it.
  private static func isBinary(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return false }
    return bytes.contains { $0 < 0x20 && !(0x09...0x0D).contains($0) }
  }
}
