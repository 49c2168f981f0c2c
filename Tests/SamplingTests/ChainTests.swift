//  ChainTests.swift — chains do not depend on threads, and go on from where they were stopped.

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Synchronization
import Testing

/// Counts how often it is asked.
private final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}

@Suite struct ChainTests {
  static let density = LogDensity(dimension: 3) { x in
    let (v, rest) = (x.slice(axis: 0, 0..<1), x.slice(axis: 0, 1..<3))
    return (v.squared * -0.1).sum() + KnownTarget.normal(rest, .constant(0), sd: exp(v * 0.3))
  }

  @Test func drawsAreTheSameForAnyNumberOfThreads() throws {
    let plan = SamplingPlan(chains: 5, warmUp: 120, draws: 60, seed: 1)
    let one = try NoUTurnSampler().sample(Self.density, plan, control: SamplingControl(threads: 1))
    for threads in [2, 3, 8] {
      let other = try NoUTurnSampler().sample(Self.density, plan, control: SamplingControl(threads: threads))
      #expect(other.draws == one.draws && other.logDensities == one.logDensities)
      #expect(other.transitions == one.transitions)
    }
    #expect(one.isComplete && one.draws.shape == [5, 60, 3])
  }

  /// Stops a run after so many questions, writes the chains down, reads them and goes on.
  private func interrupted<S: Sampler>(_ sampler: S, _ plan: SamplingPlan, after questions: Int) throws -> Samples<
    S.Kernel
  > {
    let asked = Counter()
    let control = SamplingControl(
      threads: 1,
      shouldStop: {
        asked.next() > questions
      })
    let stopped = try sampler.sample(Self.density, plan, control: control)
    #expect(!stopped.isComplete)
    let written = try JSONEncoder().encode(stopped.states)
    let states = try JSONDecoder().decode([ChainState<S.Kernel>].self, from: written)
    return try sampler.sample(Self.density, plan, resuming: states)
  }

  @Test(arguments: [1, 37, 90, 130, 170]) func aStoppedRunGoesOnToTheSameBits(questions: Int) throws {
    let plan = SamplingPlan(chains: 2, warmUp: 100, draws: 50, thinning: 2, seed: 7)
    func check<S: Sampler>(_ sampler: S) throws {
      let whole = try sampler.sample(Self.density, plan)
      let pieces = try interrupted(sampler, plan, after: questions)
      #expect(pieces.draws == whole.draws && pieces.isComplete, "\(S.self)")
      #expect(pieces.transitions == whole.transitions, "\(S.self)")
    }
    try check(NoUTurnSampler(metric: .dense))
    try check(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 4)))
    try check(RandomWalkMetropolis())
    try check(SliceSampler())
    try check(EllipticalSliceSampler(mean: [0, 0, 0], variances: [5, 1, 1]))
    try check(MetropolisAdjustedLangevin())
    try check(MicrocanonicalHamiltonian(meanSteps: 3))
    try check(MicrocanonicalLangevin())
    try check(ReplicaExchange(NoUTurnSampler(), replicas: 3, least: 0.3))
    try check(
      GibbsSampler([
        .metropolis(0..<1),
        .conditional { x, generator in for axis in 1..<3 { x[axis] = exp(0.3 * x[0]) * generator.normal() } },
      ]))
  }

  @Test func chainsAndSeedsDiffer() throws {
    let plan = SamplingPlan(chains: 2, warmUp: 50, draws: 10, seed: 1)
    let samples = try NoUTurnSampler().sample(Self.density, plan)
    #expect(samples.draws.rows(0..<1).elements != samples.draws.rows(1..<2).elements)
    let other = SamplingPlan(chains: 2, warmUp: 50, draws: 10, seed: 2)
    #expect(try NoUTurnSampler().sample(Self.density, other).draws != samples.draws)
  }

  @Test func aRunEndsWhenThereAreEnoughEffectiveDraws() throws {
    let plan = SamplingPlan(chains: 4, warmUp: 300, draws: 20_000, seed: 3)
    let rule = StopRule.effectiveSampleSize(400, interval: 200)
    let gaussian = LogDensity(dimension: 2) { KnownTarget.normal($0, sd: 1) }
    let samples = try NoUTurnSampler().sample(gaussian, plan, until: rule)
    #expect(samples.isComplete && samples.drawCount < 2000 && samples.drawCount % 200 == 0)
    #expect(samples.chains(of: 0).bulkEffectiveSampleSize >= 400)
    let all = try NoUTurnSampler().sample(
      gaussian, SamplingPlan(chains: 4, warmUp: 300, draws: samples.drawCount, seed: 3))
    #expect(all.draws == samples.draws)
  }

  @Test func whatHappenedIsRecorded() throws {
    let plan = SamplingPlan(chains: 3, warmUp: 400, draws: 300, seed: 5)
    let samples = try NoUTurnSampler(greatestDepth: 3).sample(Self.density, plan)
    let records = samples.transitions.flatMap { $0 }
    #expect(records.count == 900 && records.allSatisfy { $0.treeDepth <= 3 && $0.evaluations <= 7 })
    #expect(records.contains { $0.isSaturated } && samples.trajectories.saturatedTrees > 0)
    #expect(samples.evaluations.sampling == records.reduce(0) { $0 + $1.evaluations })
    let acceptance = records.reduce(0) { $0 + $1.acceptance } / 900
    #expect(abs(acceptance - 0.8) < 0.12)
    #expect(Set(samples.transitions[0].map(\.stepSize)).count == 1)
    #expect(samples.trajectories.energyFractions.allSatisfy { $0 > 0.2 && $0 < 3 })
  }

  @Test func divergencesAreRecordedAndNotDrawn() throws {
    // A step far too long for a narrow Gaussian.
    let narrow = LogDensity(dimension: 1) { KnownTarget.normal($0, sd: 0.001) }
    let plan = SamplingPlan(chains: 1, warmUp: 0, draws: 50, seed: 6)
    let sampler = NoUTurnSampler(stepSize: .fixed(1), metric: .unit)
    let samples = try sampler.sample(narrow, plan, from: .given([[0]]))
    #expect(samples.trajectories.divergences == 50)
    #expect(samples.draws.elements.allSatisfy { $0 == 0 })
  }

  @Test func divergencesBetweenDrawsCountWithTheNextDraw() throws {
    let narrow = LogDensity(dimension: 1) { KnownTarget.normal($0, sd: 0.001) }
    let plan = SamplingPlan(chains: 2, warmUp: 0, draws: 5, thinning: 10, seed: 6)
    let sampler = NoUTurnSampler(stepSize: .fixed(1), metric: .unit)
    let samples = try sampler.sample(narrow, plan, from: .given([[0], [0]]))
    #expect(samples.trajectories.divergences == 10 && samples.trajectories.drawCount == 10)
    #expect(samples.divergences == 100)
  }

  @Test func onlySamplersWithMomentaHaveAnEnergyFraction() throws {
    let plan = SamplingPlan(chains: 2, warmUp: 50, draws: 50, seed: 5)
    #expect(try RandomWalkMetropolis().sample(Self.density, plan).trajectories.energyFractions.isEmpty)
    #expect(
      try HamiltonianMonteCarlo(length: .jitteredSteps(mean: 4)).sample(Self.density, plan).trajectories.energyFractions
        .count == 2)
    let tempered = ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5)
    // The energy that is recorded is that before the exchange.
    #expect(try tempered.sample(Self.density, plan).trajectories.energyFractions.isEmpty)
  }

  @Test func theEnergyFractionIsThatOfAllTransitionsWhateverTheThinning() throws {
    let plan = SamplingPlan(chains: 2, warmUp: 50, draws: 240, seed: 5)
    let whole = try NoUTurnSampler().sample(Self.density, plan)
    let expected = whole.transitions.map { energyFraction($0.map(\.energy)) }
    #expect(zip(whole.energyFractions, expected).allSatisfy { abs($0 - $1) < 1e-10 })
    var thin = plan
    (thin.draws, thin.thinning) = (12, 20)
    let thinned = try NoUTurnSampler().sample(Self.density, thin)
    #expect(thinned.energyFractions == whole.energyFractions)
    #expect(thinned.trajectories.energyFractions == whole.energyFractions)
    // Stopped on the way, written down and read again.
    let states = try NoUTurnSampler().sample(
      Self.density, SamplingPlan(chains: 2, warmUp: 50, draws: 7, thinning: 20, seed: 5)
    ).states
    let read = try JSONDecoder().decode(
      [ChainState<NoUTurnSampler.Kernel>].self, from: JSONEncoder().encode(states))
    let end = try NoUTurnSampler().sample(Self.density, thin, resuming: read)
    #expect(end.energyFractions == whole.energyFractions)
  }

  @Test func onlyTheNumberOfDrawsMayGrowWhenARunGoesOn() throws {
    let plan = SamplingPlan(chains: 2, warmUp: 40, draws: 20, thinning: 2, seed: 5)
    let sampler = RandomWalkMetropolis()
    let states = try sampler.sample(Self.density, plan).states
    var longer = plan
    longer.draws = 30
    let whole = try sampler.sample(Self.density, longer)
    #expect(try sampler.sample(Self.density, longer, resuming: states).draws == whole.draws)
    for change in [\SamplingPlan.warmUp, \.thinning, \.chains] {
      var other = plan
      other[keyPath: change] += 1
      #expect(throws: SamplingError.self) { try sampler.sample(Self.density, other, resuming: states) }
    }
    let path = FileManager.default.temporaryDirectory.appending(path: "draws-\(UUID().uuidString).safetensors").path
    #expect(throws: SamplingError.self) { try sampler.stream(Self.density, longer, to: path, resuming: states) }
  }

  @Test func replicasRefuseConditionalsThatKnowNoTemperature() async {
    await #expect(processExitsWith: .failure) {
      _ = ReplicaExchange(
        GibbsSampler([.conditional { x, generator in x[0] = generator.normal() }]), replicas: 2, least: 0.5)
    }
  }

  @Test func aDensityWithoutAFiniteStartIsAnError() {
    let nowhere = LogDensity(dimension: 1) { (log(0 - $0.squared - 1)).sum() }
    let error = #expect(throws: SamplingError.self) {
      try NoUTurnSampler().sample(nowhere, SamplingPlan(warmUp: 10, draws: 10, seed: 1))
    }
    guard case .noStart(chain: 0, let fault?)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(fault.value == .notANumber && fault.coordinates.isEmpty)
  }
}
