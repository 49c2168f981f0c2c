//  FuzzTrial.swift — a reader against many inputs.

import Datasets
import Foundation

/// What a reader did with a number of inputs.
struct FuzzTrial {
  /// How many inputs gave a value.
  private(set) var accepted = 0

  /// Errors of another type than `DatasetError`, each with the number of its input.
  private(set) var strangers: [String] = []

  /// By how many bytes the greatest memory of the process grew.
  private(set) var growth = 0

  init(of read: ([UInt8]) throws -> Void, inputs: Int, from mutator: Mutator) {
    var mutator = mutator
    let before = Self.peakMemory()
    for number in 0..<inputs {
      let input = mutator.next()
      do {
        try read(input)
        accepted += 1
      } catch {
        if !(error is DatasetError) { strangers.append("input \(number): \(error)") }
      }
    }
    growth = Self.peakMemory() - before
  }

  /// The number that an environment variable holds.
  static func setting<Number: FixedWidthInteger>(_ name: String) -> Number? {
    ProcessInfo.processInfo.environment[name].flatMap { Number($0) }
  }

  /// The greatest memory that the process had, in bytes.
  private static func peakMemory() -> Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss << 10
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
