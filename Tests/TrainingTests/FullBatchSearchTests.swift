//  FullBatchSearchTests.swift — a mode by L-BFGS: bits, interruptions, and what it refuses.

import Networks
import Optimization
import Probability
import Synchronization
import Testing
import Training

@Suite struct FullBatchSearchTests {
  private static let examples = Problems.curve(rows: 1100)
  private static let search = LimitedMemoryBFGS(iterationLimit: 350, gradientTolerance: 1e-9)

  private static func mode(_ control: RunControl, model: BayesianModel = Problems.perceptron) throws -> [Float] {
    try fullBatchMode(of: model, on: examples, search, seed: 3, control: control)
  }

  @Test func theGradientVanishesOnAnyNumberOfThreads() throws {
    let record = EventRecord()
    let mode = try Self.mode(RunControl(threads: 1, progress: { record.append($0) }))
    #expect(try Self.mode(RunControl(threads: 3)) == mode)
    #expect(record.events.last?.isLast == true)
    let losses = record.events.map(\.loss)
    // The noise of the data has a deviation of 0.1, and no fit to 1100 rows is better than it by much.
    #expect(
      losses.last ?? .infinity < -0.7 && zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 - 1e-3 }, "\(losses)")
  }

  @Test func aSearchInPiecesGivesTheBitsOfOneInOne() throws {
    let whole = try Self.mode(RunControl(threads: 1))
    let folder = CheckpointFolder(path: temporaryFolder(), resumes: true, interval: 0)
    defer { folder.remove() }
    var pieces = 0
    var mode: [Float]?
    while mode == nil && pieces < 100 {
      pieces += 1
      // Stopped within a round at first, later at the end of one.
      let left = Atomic(pieces == 1 ? 50 : Int.max)
      do {
        mode = try Self.mode(
          RunControl(
            threads: 1, checkpoint: folder, shouldStop: { true },
            shouldStopAtOnce: { left.subtract(1, ordering: .sequentiallyConsistent).newValue < 0 }))
      } catch {
        guard case TrainingError.interrupted(_, canResume: true) = error else { throw error }
      }
    }
    #expect(pieces >= 2)
    #expect(mode == whole)
  }

  @Test func whatIsRandomOrKeepsStatisticsIsRefused() throws {
    #expect(
      throws: TrainingError.unusable("L-BFGS takes no network with batch normalisation; train it on minibatches")
    ) { try Self.mode(RunControl(threads: 1), model: Problems.normalisedWithDropout) }
    let dropping = BayesianModel(
      Network(inputs: 3) {
        Dense(4)
        Dropout(0.2)
        Dense(1)
      }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned))
    #expect(throws: TrainingError.unusable("L-BFGS takes no network with dropout; train it on minibatches")) {
      try Self.mode(RunControl(threads: 1), model: dropping)
    }
  }
}
