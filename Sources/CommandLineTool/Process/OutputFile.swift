//  OutputFile.swift — whether a result can be written, asked before the work and not after it.

import Credence
import Foundation

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
}
