//  InferenceMethod+Async.swift — a fit as an asynchronous call.
//
//  A fit is minutes of arithmetic that never suspends. On one of the threads that Swift's tasks share it would keep other tasks
//  waiting, so it gets a thread of its own, from which it spreads over as many as its `RunControl` allows. Cancelling the
//  task asks the fit to stop as `shouldStop` does: after the epoch at hand, with a checkpoint where one is kept.

import Foundation
public import Networks
import Synchronization
public import Training

extension InferenceMethod {
  /// Fits the posterior, and lets other tasks run meanwhile. The result is the same bits as that of the synchronous call.
  ///
  /// - Parameters:
  ///   - seed: All randomness is a function of it.
  ///   - control: Threads, progress, checkpoints. Nothing in it changes the result.
  /// - Throws: `TrainingError`; `.interrupted` when the task is cancelled.
  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64 = 0, control: RunControl = RunControl()
  ) async throws(TrainingError) -> Fitted {
    let cancellation = Cancellation()
    var observed = control
    observed.shouldStop = { [shouldStop = control.shouldStop] in cancellation.isRequested || shouldStop() }
    let result = await withTaskCancellationHandler { [observed] in
      await onOwnThread { () -> Result<Fitted, TrainingError> in
        Result { () throws(TrainingError) -> Fitted in
          try self.fit(model, to: examples, seed: seed, control: observed)
        }
      }
    } onCancel: {
      cancellation.request()
    }
    return try result.get()
  }
}

/// Whether a task was cancelled, for the thread that works for it.
private final class Cancellation: Sendable {
  private let flag = Atomic(false)
  var isRequested: Bool { flag.load(ordering: .relaxed) }
  func request() { flag.store(true, ordering: .relaxed) }
}

/// Runs work on a new thread, with room on its stack for the trace of a deep network.
private func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    let thread = Thread { continuation.resume(returning: work()) }
    thread.stackSize = 8 << 20
    thread.name = "credence.fit"
    thread.start()
  }
}
