//  AsynchronousFitTests.swift — a fit beside other tasks: the same bits, stopped by cancelling, and nobody kept waiting.

import Approximations
import Arrays
import Foundation
import Networks
import Probability
import Synchronization
import Testing
import Training

/// Counted by several threads.
private final class Counter: Sendable {
  private let number = Atomic(0)
  var value: Int { number.load(ordering: .sequentiallyConsistent) }
  func increase() { number.add(1, ordering: .sequentiallyConsistent) }
}

@Suite(.timeLimit(.minutes(2))) struct AsynchronousFitTests {
  private static let examples: Examples = {
    var random = Philox(seed: 2)
    let inputs = random.normal(shape: [40, 2], as: Float.self)
    return Examples(inputs: inputs, targets: DenseArray((0..<40).map { inputs[$0, 0] - inputs[$0, 1] }))
  }()

  private static let model = BayesianModel(
    .multilayerPerceptron(inputs: 2, hidden: [8], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .learned))

  private static func ensemble(epochs: Int) -> DeepEnsemble {
    DeepEnsemble(members: 2, training: TrainingConfiguration(epochs: epochs, batchSize: 10))
  }

  /// The fit on the caller's thread: a synchronous function chooses the synchronous call.
  private static func synchronousDraws(epochs: Int) throws -> DenseArray<Float> {
    try ensemble(epochs: epochs).fit(model, to: examples, seed: 5, control: RunControl(threads: 1)).draws
  }

  @Test func theBitsAreThoseOfTheSynchronousCall() async throws {
    let posterior = try await Self.ensemble(epochs: 7).fit(Self.model, to: Self.examples, seed: 5)
    #expect(posterior.draws == (try Self.synchronousDraws(epochs: 7)))
  }

  @Test func cancellingTheTaskStopsTheFit() async {
    let epochs = Counter()
    let control = RunControl(threads: 1, progress: { _ in epochs.increase() })
    let error = await #expect(throws: TrainingError.self) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          _ = try await Self.ensemble(epochs: 1_000_000_000).fit(Self.model, to: Self.examples, control: control)
        }
        while epochs.value < 3 { await Task.yield() }
        group.cancelAll()
        try await group.waitForAll()
      }
    }
    guard case .interrupted(let count, canResume: false)? = error else {
      Issue.record("the fit ended with \(String(describing: error))")
      return
    }
    #expect(count >= 3 && count == epochs.value)
  }

  @Test func theCallersWishToStopIsHeard() async {
    let control = RunControl(threads: 1, shouldStop: { true })
    await #expect(throws: TrainingError.interrupted(epochs: 1, canResume: false)) {
      _ = try await Self.ensemble(epochs: 50).fit(Self.model, to: Self.examples, control: control)
    }
  }

  @Test func fitsKeepNoTaskWaiting() async throws {
    // More fits than there are threads for tasks, all held in their first epoch until a task lets them go: that task would
    // never run if the fits were on the threads that tasks share.
    let fits = RunControl.processorCount + 2
    let held = Counter()
    let gate = DispatchSemaphore(value: 0)
    let control = RunControl(
      threads: 1,
      progress: { event in
        guard event.member == 0, event.epoch == 1 else { return }
        held.increase()
        gate.wait()
      })
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<fits {
        group.addTask { _ = try await Self.ensemble(epochs: 2).fit(Self.model, to: Self.examples, control: control) }
      }
      group.addTask {
        while held.value < fits { try await Task.sleep(for: .milliseconds(1)) }
        for _ in 0..<fits { gate.signal() }
      }
      try await group.waitForAll()
    }
    #expect(held.value == fits)
  }
}
