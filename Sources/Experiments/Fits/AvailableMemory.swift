//  AvailableMemory.swift — how much memory a fit may take without driving out other work.

import Foundation

enum AvailableMemory {
  /// What the system can give without swapping, and what a container allows, the smaller of both; all of the machine's memory
  /// where the system does not say. Unit: bytes.
  static var bytes: Double {
    let limits = [ofSystem, ofContainer].compactMap { $0 }
    return limits.min() ?? Double(ProcessInfo.processInfo.physicalMemory)
  }

  /// `MemAvailable` of Linux.
  private static var ofSystem: Double? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }.map { 1024 * $0 }
  }

  /// The limit of the control group, less what its processes hold.
  private static var ofContainer: Double? {
    func number(_ name: String) -> Double? {
      let text = try? String(contentsOfFile: "/sys/fs/cgroup/\(name)", encoding: .utf8)
      return text.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    guard let limit = number("memory.max"), let held = number("memory.current") else { return nil }
    return max(0, limit - held)
  }
}
