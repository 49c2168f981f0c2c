//  ProcessMemory.swift — the greatest memory that this process has had.

import Foundation

public enum ProcessMemory {
  /// The greatest resident size so far. Unit: bytes.
  ///
  /// On Linux the high-water mark of the address space, which begins with the program; `getrusage` would count what the parent
  /// had before this program took its place.
  public static var greatest: Double {
    if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
    {
      return kilobytes * 1024
    }
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss)
    #endif
  }
}
