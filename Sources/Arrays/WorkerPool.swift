//  WorkerPool.swift — the threads that share out the work of one caller.

import CKernels

/// A fixed set of threads. Work is handed to it in numbered tasks; handing over costs about a microsecond and allocates
/// nothing. Used by one thread at a time: while it is busy, further work runs on the thread that brings it.
public final class WorkerPool: Sendable {
  // The pool synchronises itself: its fields are atomics and its job has one owner at a time.
  package nonisolated(unsafe) let raw: OpaquePointer
  public let threadCount: Int

  /// - Parameter threads: In all, the caller's included. At least 1.
  public init(threads: Int) {
    precondition(threads >= 1, "a pool of \(threads) threads: it needs at least one")
    if let pool = credence_pool_create(Int32(threads)) {
      raw = pool
      threadCount = threads
    } else if let single = credence_pool_create(1) {
      // The system refuses threads: work goes on, on one.
      raw = single
      threadCount = 1
    } else {
      preconditionFailure("no memory for a pool of threads")
    }
  }

  /// Runs `body` for 0 ..< count, each once, shared out to the threads; returns when all are done. Work that a body hands to
  /// this pool runs on the body's own thread.
  public func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { context in
        credence_pool_run(
          raw, count,
          { context, index, _ in context?.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(index) },
          UnsafeMutableRawPointer(mutating: context))
      }
    }
  }

  deinit { credence_pool_destroy(raw) }
}
