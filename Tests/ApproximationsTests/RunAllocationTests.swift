//  RunAllocationTests.swift — a step of a run allocates nothing, whatever the rule and the collector.
//
//  Runs of eleven epochs of 100 steps, the last of each with fewer rows: what the first has not allocated, the other ten do
//  not either. Draws and averages are kept on the way.

import Approximations
import CAllocationCounter
import Foundation
import Networks
import Optimization
import Probability
import Synchronization
import Testing
import Training

@Suite(.serialized) struct RunAllocationTests {
  private static let examples = curve(rows: 796)

  /// Without running statistics, which control variates refuse.
  private static let plainModel = BayesianModel(
    .multilayerPerceptron(
      inputs: 3, hidden: [12, 8], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .learned))

  /// Allocations after each epoch.
  private static func counts<Method: InferenceMethod>(_ method: Method, _ model: BayesianModel) throws -> [Int] {
    let counts = Mutex([Int]())
    counts.withLock { $0.reserveCapacity(11) }
    _ = try method.fit(
      model, to: examples, seed: 1,
      control: RunControl(threads: 1, progress: { _ in counts.withLock { $0.append(allocation_count()) } }))
    return counts.withLock { $0 }
  }

  /// - Parameter last: The last epoch that counts, from 0.
  private static func check<Method: InferenceMethod>(
    _ method: Method, model: BayesianModel = wideNormalisedModel, last: Int = 10
  ) throws {
    try #require(allocation_count() >= 0, "allocations are counted with the GNU C library only")
    let seen = try counts(method, model)
    try #require(seen.count == 11)
    #expect(seen[0] > 0, "the counter counts")
    #expect(seen[last] == seen[0], "\(seen[last] - seen[0]) allocations in \(100 * last) steps beyond the first 100")
  }

  @Test(arguments: [
    StochasticDynamics.langevin, .preconditionedLangevin(), .hamiltonian(), .thermostat(),
  ])
  func chainsAllocateNothing(dynamics: StochasticDynamics) throws {
    func check(_ path: SamplingPath, storage: DrawStorage = .memory(), last: Int = 10) throws {
      try Self.check(
        StochasticGradientMCMC(dynamics, path: path, epochs: 11, batchSize: 8, draws: 30, storage: storage), last: last)
    }
    try check(.stationary(.constant(1e-4), burnIn: 0.1))
    try check(.cyclical(1e-4, cycles: 4, exploration: 0.5))
    try check(.modes(from: 1e-3, sampling: 1e-4, cycles: 4, exploration: 0.5, burnIn: 0.2))
    let folder = temporaryFolder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // With its last draw, in the last epoch, the file gets its name.
    try check(.stationary(.constant(1e-4), burnIn: 0.1), storage: .disk(folder: folder, above: 0), last: 9)
  }

  @Test(arguments: [false, true]) func controlVariatesAllocateNothing(isFixed: Bool) throws {
    let mode = [Float](repeating: 0.01, count: Self.plainModel.parameterCount)
    let control: GradientControl = isFixed ? .mode(mode) : .anchored()
    for dynamics in [StochasticDynamics.langevin, .hamiltonian()] {
      try Self.check(
        StochasticGradientMCMC(
          dynamics, path: .stationary(.constant(1e-4), burnIn: 0.1), epochs: 11, batchSize: 8, draws: 30,
          control: control), model: Self.plainModel)
    }
  }

  @Test func averagingAllocatesNothing() throws {
    let training = TrainingConfiguration(epochs: 11, batchSize: 8, schedule: .cosine(1e-3))
    let phase = AveragingPhase(from: 0.1, rate: .cyclical(1e-3, to: 1e-4, epochs: 1))
    try Self.check(SWAG(training: training, phase: phase, rank: 3, draws: 1))
    try Self.check(StochasticWeightAveraging(training: training, phase: phase))
    try Self.check(SnapshotEnsemble(cycles: 4, rate: 1e-3, training: training))
  }
}
