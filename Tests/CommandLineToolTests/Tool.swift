//  Tool.swift — runs the built `credence` as a process of its own, in a folder of its own.

import Foundation

/// What a run of the tool came to.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String
}

/// A folder for one test, and the tool run in it.
final class Workplace {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "credence-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The bundled data.
  static let data = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Data")

  /// The tool, beside the bundle of the tests.
  static let tool: URL? = {
    for argument in CommandLine.arguments where argument.contains(".xctest") {
      var folder = URL(filePath: argument)
      for _ in 0..<4 {
        folder = folder.deletingLastPathComponent()
        let tool = folder.appending(path: "credence")
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: tool.path, isDirectory: &isFolder), !isFolder.boolValue {
          return tool
        }
      }
    }
    return nil
  }()

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  func bytes(of name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }

  func lines(of name: String) throws -> [String] {
    String(decoding: try bytes(of: name), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Splits a bundled table: every fifth row to `test.csv`, the others to `train.csv`.
  func split(_ name: String) throws {
    let lines = try String(contentsOf: Self.data.appending(path: name), encoding: .utf8).split(separator: "\n")
    let rows = lines.dropFirst().enumerated()
    let pick = { (tests: Bool) in
      ([lines[0]] + rows.filter { ($0.offset % 5 == 4) == tests }.map(\.element)).joined(separator: "\n") + "\n"
    }
    try write(pick(false), to: "train.csv")
    try write(pick(true), to: "test.csv")
  }

  /// Starts the tool; its output goes to files, which cannot fill up as pipes do.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningTool {
    let process = Process()
    process.executableURL = try tool()
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let name = UUID().uuidString
    let files = [".out", ".err"].map { folder.appending(path: name + $0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return RunningTool(process: process, output: files[0], errors: files[1], place: self)
  }

  /// Runs the tool to its end.
  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try start(arguments, environment: environment).wait()
  }

  private func tool() throws -> URL {
    struct NotBuilt: Error, CustomStringConvertible {
      let description = "credence is not beside the tests; build it first"
    }
    guard let tool = Self.tool else { throw NotBuilt() }
    return tool
  }
}

/// A run that goes on.
struct RunningTool {
  let process: Process
  let output: URL
  let errors: URL
  /// Its folder stays as long as the run.
  let place: Workplace

  /// Waits until the tool has said a text on standard error, or has ended.
  func waitUntilItSays(_ text: String) throws {
    try wait(every: 0.02) { String(decoding: try Data(contentsOf: errors), as: UTF8.self).contains(text) }
  }

  /// Waits until the tool has written a file into its folder, or has ended.
  func waitUntilItWrites(_ file: String) {
    wait(every: 0.001) { place.exists(file) }
  }

  /// Waits until a file in its folder has other bytes than before, `nil` where there was none, or until the tool has ended.
  func waitUntilItChanges(_ file: String, from before: Data?) {
    wait(every: 0.001) { (try? place.bytes(of: file)) != before }
  }

  /// A file tells no one when it comes or grows, so it is looked at now and then. Unit: seconds.
  private func wait(every interval: TimeInterval, until isThere: () throws -> Bool) rethrows {
    while process.isRunning, try !isThere() { Thread.sleep(forTimeInterval: interval) }
  }

  func wait() throws -> Outcome {
    process.waitUntilExit()
    let text = { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Outcome(code: process.terminationStatus, output: try text(output), errors: try text(errors))
  }
}
