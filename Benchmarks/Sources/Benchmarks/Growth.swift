//  Growth.swift — how cost grows: time of a step and memory for each method, from 10³ to 10⁷ parameters.
//
//    Benchmarks --growth growth.csv [--largest 1000000] [--threads N]
//    Benchmarks --growth-figures growth.csv FOLDER
//
//  Each number is taken in a process of its own, whose greatest resident memory is then that of the one fit, the program and the
//  data included. Rows are written as they come.

import Credence
import Foundation

enum Growth {
  private static let sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000]
  private static let header = "method,parameters,step_milliseconds,peak_bytes,threads\n"
  static let caseFlag = "--growth-case"

  /// Measures every method at every size up to the largest, and writes a row for each.
  static func measure(to path: String, largest: Int, threads: Int) throws {
    var text = header
    for method in GrowthMethod.all {
      for size in sizes where size <= largest {
        text += try row(method.name, size, threads: threads)
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
      }
    }
  }

  /// The row that a process of its own prints.
  private static func row(_ method: String, _ size: Int, threads: Int) throws -> String {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = [caseFlag, method, "\(size)", "--threads", "\(threads)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let row = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      FileHandle.standardError.write(Data("\(method) at \(size) parameters has no result\n".utf8))
      return ""
    }
    FileHandle.standardError.write(Data(row.utf8))
    return row
  }

  /// One method at one size, in this process.
  static func measureCase(_ name: String, _ size: Int, threads: Int) {
    guard let method = GrowthMethod.all.first(where: { $0.name == name }) else { fatalError("no method \(name)") }
    let problem = GrowthProblem(parameters: size)
    let time = method.stepTime(problem, threads)
    print(
      "\(name),\(problem.model.parameterCount),\(rounded(time)),\(Int(ProcessMemory.greatest)),\(threads)")
  }
}
