//  SourceTree.swift — the package that this test belongs to, as it lies on disk.

import Foundation

enum SourceTree {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func manifest() throws -> Manifest {
    Manifest(try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8))
  }

  /// The names of the folders of `Sources`, each a target's.
  static func targetFolders() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The paths of a target's Swift files, from the folder `Sources`.
  static func swiftFiles(of target: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: sources.appending(path: target).path)
      .filter { $0.hasSuffix(".swift") }.map { "\(target)/\($0)" }.sorted()
  }

  static func text(of file: String) throws -> String {
    try String(contentsOf: sources.appending(path: file), encoding: .utf8)
  }

  private static let sources = root.appending(path: "Sources")
}
