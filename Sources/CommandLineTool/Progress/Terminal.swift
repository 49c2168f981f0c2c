//  Terminal.swift — what standard error is connected to.

import Foundation

enum Terminal {
  /// Whether a line can be redrawn: a terminal that moves its cursor.
  static var redrawsLines: Bool {
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Colours, unless the person wants none (no-color.org).
  static var showsColours: Bool {
    redrawsLines && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Columns of a line; 80 where the terminal does not say.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
