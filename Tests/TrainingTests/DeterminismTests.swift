import Arrays
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct DeterminismTests {
  /// Large enough that steps, reductions and updates are shared out over the pool.
  private static let wide = BayesianModel(
    Network(inputs: 3) {
      Dense(300)
      BatchNormalization()
      Activation.gelu
      Dropout(0.1)
      Dense(300)
      Activation.relu
      Dense(1)
    }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned))

  private static let configuration = TrainingConfiguration(
    epochs: 3, batchSize: 100, clipping: .norm(5), earlyStopping: EarlyStopping())

  private static let examples = Problems.curve(rows: 333)

  private static func run(members: Int, bagging: Bool = false, threads: Int, seed: UInt64 = 4) throws -> TrainedMembers
  {
    try train(
      wide, on: examples, members: members, bagging: bagging, configuration, seed: seed,
      control: RunControl(threads: threads))
  }

  @Test(arguments: [(1, false), (4, false), (3, true)])
  func resultsAreTheSameBitsForAnyNumberOfThreads(members: Int, bagging: Bool) throws {
    let alone = try Self.run(members: members, bagging: bagging, threads: 1)
    #expect(alone.parameters.elements.allSatisfy { $0.isFinite })
    for threads in [1, 2, 3, 8] {
      let shared = try Self.run(members: members, bagging: bagging, threads: threads)
      #expect(shared.parameters == alone.parameters && shared.states == alone.states, "\(threads) threads")
    }
  }

  @Test func anotherSeedGivesOtherBits() throws {
    let (first, second) = (try Self.run(members: 1, threads: 1), try Self.run(members: 1, threads: 1, seed: 5))
    #expect(first.parameters != second.parameters)
  }

  @Test func membersDifferFromEachOtherAndTheFirstIsTheSingleNetwork() throws {
    let ensemble = try Self.run(members: 3, threads: 2).parameters
    #expect(ensemble.rows(0..<1) != ensemble.rows(1..<2))
    #expect(ensemble.rows(1..<2) != ensemble.rows(2..<3))
    let single = try Self.run(members: 1, threads: 1).parameters
    #expect(ensemble.rows(0..<1) == single)
  }

  @Test func baggingChangesWhatMembersSee() throws {
    let (whole, bagged) = (
      try Self.run(members: 2, threads: 1), try Self.run(members: 2, bagging: true, threads: 1)
    )
    #expect(whole.parameters != bagged.parameters)
    #expect(bagged.parameters.rows(0..<1) != bagged.parameters.rows(1..<2))
  }
}
