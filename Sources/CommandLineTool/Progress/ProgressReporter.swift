//  ProgressReporter.swift — shows progress on standard error: a line that is redrawn on a terminal, now and then a plain one
//  elsewhere.

import Synchronization

/// Shows lines of progress, no more often than a person can read.
final class ProgressReporter: Sendable {
  private struct State {
    var last: ContinuousClock.Instant?
    var isDrawn = false
  }

  private let isQuiet: Bool
  private let redraws = Terminal.redrawsLines
  private let colours = Terminal.showsColours
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  /// Seconds since the reporter was made.
  var elapsed: Double { start.duration(to: .now) / .seconds(1) }

  /// Shows a line, unless one was shown just before.
  func show(_ line: @autoclosure () -> ProgressLine) {
    if isQuiet { return }
    state.withLock { state in
      let pause: Duration = redraws ? .milliseconds(80) : .seconds(5)
      guard (state.last ?? (redraws ? nil : start)).map({ $0.duration(to: .now) >= pause }) ?? true else { return }
      state.last = .now
      if redraws {
        // Back to the line's start, the line, and nothing behind it.
        StandardError.write("\r" + line().bar(width: Terminal.width, colours: colours) + "\u{1B}[K")
        state.isDrawn = true
      } else {
        StandardError.write(line().plain + "\n")
      }
    }
  }

  /// Takes a drawn line away.
  func clear() {
    state.withLock { state in
      if state.isDrawn { StandardError.write("\r\u{1B}[K") }
      state.isDrawn = false
    }
  }

  /// Draws the last state of a line, which stays. Elsewhere than on a terminal the sentence that follows says as much.
  func finish(_ line: ProgressLine) {
    if isQuiet || !redraws { return }
    state.withLock { state in
      StandardError.write("\r" + line.bar(width: Terminal.width, colours: colours) + "\u{1B}[K\n")
      state.isDrawn = false
    }
  }

  /// Says a sentence that stays.
  func say(_ text: String) {
    if isQuiet { return }
    clear()
    StandardError.write(text + "\n")
  }
}
