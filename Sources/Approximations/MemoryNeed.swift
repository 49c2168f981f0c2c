//  MemoryNeed.swift — what a method takes beyond a network, asked for before anything is allocated.

import Foundation
import Networks

/// The memory that a part of a fit takes at its most.
package struct MemoryNeed {
  /// What takes it, with its verb: "the curvature of 1000 parameters needs".
  let subject: String
  /// Unit: bytes.
  package let bytes: Double

  /// Half of the memory of this machine. Unit: bytes.
  package static var standardLimit: Int { Int(ProcessInfo.processInfo.physicalMemory / 2) }

  /// Why it is too much, with both figures and the first variant that fits, "a rank of 3"; `nil` where it is not.
  func problem(limit: Int, variants: [(name: String, bytes: Double)] = []) -> String? {
    guard bytes > Double(limit) else { return nil }
    let fitting = variants.first { $0.bytes <= Double(limit) }
    return "\(subject) \(Self.amount(bytes)) of memory, more than the limit of \(Self.amount(Double(limit)))"
      + (fitting.map { "; \($0.name) needs \(Self.amount($0.bytes))" } ?? "")
  }

  /// "643 MB".
  static func amount(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
    let place = bytes < 1 ? 0 : min(units.count - 1, Int(log(bytes) / log(1000.0)))
    let number = bytes / pow(1000, Double(place))
    let text = number < 10 && place > 0 ? "\((number * 10).rounded() / 10)" : "\(Int(number.rounded()))"
    return "\(text) \(units[place])"
  }
}

/// A method that asks for its memory, and of which several fits may run side by side.
protocol MemoryAsking {
  /// Why so many fits take too much, or `nil`.
  func memoryProblem(for model: BayesianModel, fits: Int) -> String?
}
