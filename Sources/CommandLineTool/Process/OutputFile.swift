//  OutputFile.swift — whether a result can be written, asked before the work and not after it.

import Credence
import Foundation

/// Which file a path leads to, whatever its name.
private struct FileIdentity: Equatable {
  let device: UInt64
  let number: UInt64

  /// `nil` when there is no file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }
}

enum OutputFile {
  /// Throws: `DatasetError` when the folder of `path` is not there or may not be written to, or `path` is a folder.
  static func check(_ path: String) throws(DatasetError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw DatasetError(file: path, problem: "this is a folder", advice: "name the file to write")
    }
    let parent = (path as NSString).deletingLastPathComponent
    let folder = parent.isEmpty ? "." : parent
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw DatasetError(file: path, problem: "there is no folder \(folder)", advice: "create it first")
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw DatasetError(file: path, problem: "the folder \(folder) may not be written to", advice: "choose another")
    }
  }

  /// As `check(_:)`; what is read is not written over either, not by another name or through a link.
  ///
  /// Throws: `DatasetError` when `path` leads to the same file as one of the inputs.
  static func check(_ path: String, inputs: [String?]) throws(DatasetError) {
    try check(path)
    guard let output = FileIdentity(path) else { return }
    for case let input? in inputs where FileIdentity(input) == output {
      throw DatasetError(
        file: path, problem: "this is the input \(input) itself, which the result would replace",
        advice: "name another file with --out")
    }
  }

  /// Throws: `DatasetError` when there is a file at `path` that is no fitted model: a fit replaces nothing else. An empty file
  /// and a device hold nothing to lose.
  static func checkHoldsNoOtherWork(_ path: String) throws(DatasetError) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return }
    if case .safetensors? = try? FileKind(of: path), let file = try? SafetensorsFile(contentsOf: path),
      FittedModel.isModel(file)
    {
      return
    }
    throw DatasetError(
      file: path, problem: "this file is there already and is no model of Credence",
      advice: "name another with --out, or remove it first")
  }
}
