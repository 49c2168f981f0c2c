//  Interruption.swift — SIGINT and SIGTERM: finish the step, keep the checkpoint, say how to go on.
//
//  A second signal ends the process at once.

import Foundation
import Synchronization

/// The number of the signal that came, 0 for none. A signal handler may do no more than store it
/// and call what is safe in handlers, as `kill` is.
private let receivedSignal = Atomic<Int32>(0)

/// The process that gets the signals too, 0 for none.
private let listeningProcess = Atomic<Int32>(0)

/// A stop that was asked for.
struct Interruption: Error {
  let signal: Int32
  /// What to tell: what is kept, and how to go on.
  let sentence: String

  /// As shells count: 130 for SIGINT, 143 for SIGTERM.
  var exitCode: Int32 { 128 + signal }

  /// Begins to listen, even where the parent has started this process with the signals blocked.
  static func listen() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { number in
        receivedSignal.store(number, ordering: .sequentiallyConsistent)
        Foundation.signal(number, SIG_DFL)
        let process = listeningProcess.load(ordering: .sequentiallyConsistent)
        if process > 0 { kill(process, SIGINT) }
      }
    }
  }

  /// Runs `wait`, and passes a signal that comes meanwhile, or has come, on to a process as SIGINT.
  static func passingOn<Result>(to process: Int32, while wait: () throws -> Result) rethrows -> Result {
    listeningProcess.store(process, ordering: .sequentiallyConsistent)
    defer { listeningProcess.store(0, ordering: .sequentiallyConsistent) }
    // It came before the handler knew of the process. Twice is no harm: the process ends either way.
    if received != nil { kill(process, SIGINT) }
    return try wait()
  }

  /// The signal that came, if one did.
  static var received: Int32? {
    let number = receivedSignal.load(ordering: .sequentiallyConsistent)
    return number == 0 ? nil : number
  }
}
