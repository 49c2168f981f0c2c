//  Fixtures.swift — where the tests find their files.

import Datasets
import Foundation

enum Fixture {
  /// The path of a file among the test's own resources.
  static func path(_ name: String) -> String { Bundle.module.bundlePath + "/Fixtures/" + name }

  static func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path(name)))) }

  /// The names of the files of a folder whose names end so, sorted.
  static func names(in folder: String, ending suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasSuffix(suffix) }.sorted()
  }

  /// The folder of the package.
  static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A data set that is part of the package.
  static func bundled(_ name: String) -> String { package.appending(path: "Data/\(name).csv").path }

  /// The folder of larger data sets: `CREDENCE_DATA`, or `shared/data` beside the package.
  static let sharedData: String? = {
    let named = ProcessInfo.processInfo.environment["CREDENCE_DATA"]
    let folder = named ?? package.deletingLastPathComponent().appending(path: "shared/data").path
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()
}

/// An empty folder that is removed again.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "credence-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// The error that the body throws, as its sentence; `nil` if it throws none.
func sentence(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return (error as? DatasetError)?.description ?? "an error of another type: \(error)"
  }
}

/// A small generator with a seed [Steele 2014].
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
