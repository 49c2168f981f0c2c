//  StandardOutput.swift — results that go to the next program.

import Credence
import Foundation

enum StandardOutput {
  /// Writes all of the text. A reader that has gone away is no fault: it has had what it wanted.
  ///
  /// Throws: `DatasetError` when the system refuses for another reason, as a full disk.
  static func write(_ text: String) throws(DatasetError) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count >= 0 {
        bytes.removeFirst(count)
      } else if errno == EPIPE {
        return
      } else if errno != EINTR {
        throw DatasetError(
          file: "standard output", problem: "it cannot be written to (\(String(cString: strerror(errno))))",
          advice: "check where it leads")
      }
    }
  }

  /// For help, after which nothing can be done about a fault.
  static func writeIgnoringFaults(_ text: String) { try? write(text) }
}
