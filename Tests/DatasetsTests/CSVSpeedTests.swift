//  CSVSpeedTests.swift — how fast tables are read. Runs when CREDENCE_MEASURE is set, and prints.

import Datasets
import Foundation
import Testing

@Suite(.serialized) struct CSVSpeed {
  static let isAsked = ProcessInfo.processInfo.environment["CREDENCE_MEASURE"] != nil

  private func measure(_ name: String, rows: Int, line: (inout SplitMix) -> String) throws {
    try withTemporaryFolder { folder in
      var generator = SplitMix(seed: 1)
      var text = "a,b,c,d,e,f,g,h\n"
      for _ in 0..<rows { text += line(&generator) + "\n" }
      let path = folder + "/table.csv"
      try Data(text.utf8).write(to: URL(filePath: path))
      var best = Duration.seconds(1000)
      for _ in 0..<3 {
        var count = 0
        let elapsed = try ContinuousClock().measure { count = try Table(contentsOf: path).rowCount }
        #expect(count == rows)
        best = min(best, elapsed)
      }
      let rate = Double(text.utf8.count) / 1e6 / (best / .seconds(1))
      print(
        "CSV \(name): \(text.utf8.count / 1_000_000) MB, \(rate.formatted(.number.precision(.fractionLength(0)))) MB/s")
    }
  }

  @Test(.enabled(if: isAsked, "set CREDENCE_MEASURE to measure"))
  func shortDecimals() throws {
    try measure("decimals of 5 digits", rows: 1_000_000) { generator in
      (0..<8).map { _ in "\(Double(generator.next() % 100_000) / 1000)" }.joined(separator: ",")
    }
  }

  @Test(.enabled(if: isAsked, "set CREDENCE_MEASURE to measure"))
  func longDecimals() throws {
    try measure("doubles in full", rows: 500_000) { generator in
      (0..<8).map { _ in "\(Double.random(in: -1...1, using: &generator))" }.joined(separator: ",")
    }
  }

  @Test(.enabled(if: isAsked, "set CREDENCE_MEASURE to measure"))
  func categories() throws {
    try measure("categories", rows: 500_000) { generator in
      (0..<8).map { _ in "category\(generator.next() % 20)" }.joined(separator: ",")
    }
  }
}
