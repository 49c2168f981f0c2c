//  TrialProcess.swift — runs a trial in a process of its own: its memory is that of one method, and its end is no one else's.

import Credence
import Foundation

struct TrialProcess {
  let request: TrialRequest

  /// Waits for the trial. A signal that this process gets is passed on.
  ///
  /// Throws: `TrainingError.interrupted` after a signal, or an error of the system.
  func record() throws -> TrialRecord {
    let method = request.description.method
    let process = Process()
    process.executableURL = try Self.executable()
    process.arguments = ["trial", String(decoding: try JSONEncoder().encode(request), as: UTF8.self)]
    process.standardInput = FileHandle.nullDevice
    let output = FileManager.default.temporaryDirectory.appending(path: "credence-\(UUID().uuidString).json")
    try Data().write(to: output)
    defer { try? FileManager.default.removeItem(at: output) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    Interruption.passingOn(to: process.processIdentifier) { process.waitUntilExit() }
    if Interruption.received != nil { throw TrainingError.interrupted(epochs: 0, canResume: false) }
    guard process.terminationReason == .exit else {
      return TrialRecord(
        method: method,
        failure: "its process was ended by signal \(process.terminationStatus)"
          + (process.terminationStatus == SIGKILL ? ", as the system does when memory runs out" : ""))
    }
    guard process.terminationStatus == 0,
      let record = try? JSONDecoder().decode(TrialRecord.self, from: Data(contentsOf: output))
    else {
      return TrialRecord(method: method, failure: "its process ended with code \(process.terminationStatus)")
    }
    return record
  }

  /// This program.
  private static func executable() throws(DatasetError) -> URL {
    let candidates: [String?] = ["/proc/self/exe", Bundle.main.executablePath, CommandLine.arguments.first]
    for path in candidates.compactMap({ $0 }) where FileManager.default.isExecutableFile(atPath: path) {
      return URL(filePath: path).resolvingSymlinksInPath()
    }
    throw DatasetError(
      file: CommandLine.arguments.first ?? "credence", problem: "the program cannot find itself",
      advice: "run it by its full path")
  }
}
