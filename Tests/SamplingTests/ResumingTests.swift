//  ResumingTests.swift — chains go on with the sampler that they were begun with, and with no other.

import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct ResumingTests {
  private static let plan = SamplingPlan(chains: 2, warmUp: 30, draws: 10, seed: 5)
  private static let sentence =
    "these chains were begun by another sampler, or with other settings of it; go on with those, or begin anew"

  private func check<S: Sampler>(_ sampler: S, others: [S]) throws {
    let states = try sampler.sample(ChainTests.density, Self.plan).states
    let written = try JSONEncoder().encode(states)
    let read = try JSONDecoder().decode([ChainState<S.Kernel>].self, from: written)
    #expect(try sampler.sample(ChainTests.density, Self.plan, resuming: read).isComplete, "\(S.self)")
    for other in others {
      let error = #expect(throws: SamplingError.self) {
        try other.sample(ChainTests.density, Self.plan, resuming: read)
      }
      #expect(error?.description == Self.sentence, "\(other)")
    }
  }

  @Test func otherSettingsAreRefused() throws {
    try check(
      NoUTurnSampler(),
      others: [
        NoUTurnSampler(stepSize: .adapted(acceptance: 0.99)), NoUTurnSampler(metric: .dense),
        NoUTurnSampler(greatestDepth: 9),
      ])
    try check(
      HamiltonianMonteCarlo(length: .steps(3)),
      others: [HamiltonianMonteCarlo(length: .steps(4)), HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3))])
    try check(SliceSampler(), others: [SliceSampler(width: 2)])
    try check(RandomWalkMetropolis(), others: [RandomWalkMetropolis(metric: .dense)])
    try check(
      EllipticalSliceSampler(mean: [0, 0, 0], variances: [5, 1, 1]),
      others: [EllipticalSliceSampler(mean: [0, 0, 0], variances: [5, 1, 2])])
    try check(GibbsSampler([.metropolis(0..<3)]), others: [GibbsSampler([.metropolis(0..<2), .metropolis(2..<3)])])
    try check(
      ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5),
      others: [
        ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.4),
        ReplicaExchange(NoUTurnSampler(greatestDepth: 9), replicas: 2, least: 0.5),
      ])
  }

  @Test func anotherSamplerWithTheSameKernelIsRefused() throws {
    // Both have a kernel of Hamiltonian Monte Carlo.
    let states = try MetropolisAdjustedLangevin().sample(ChainTests.density, Self.plan).states
    let other = HamiltonianMonteCarlo(length: .steps(1), stepSize: .adapted(acceptance: 0.574))
    #expect(throws: SamplingError.self) { try other.sample(ChainTests.density, Self.plan, resuming: states) }
    let path = FileManager.default.temporaryDirectory.appending(path: "draws-\(UUID().uuidString).safetensors").path
    #expect(throws: SamplingError.self) { try other.stream(ChainTests.density, Self.plan, to: path, resuming: states) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// The error of going on with another density, or with the same in another precision.
  private func refusal<S: Sampler>(
    of sampler: S, _ density: LogDensity, then other: LogDensity, precision: DensityPrecision = .double
  ) throws -> String? {
    let states = try sampler.sample(density, Self.plan).states
    // What is the same goes on.
    #expect(try sampler.sample(density, Self.plan, resuming: states).isComplete, "\(S.self)")
    let path = FileManager.default.temporaryDirectory.appending(path: "draws-\(UUID().uuidString).safetensors").path
    #expect(throws: SamplingError.self) {
      try sampler.stream(other, Self.plan, to: path, precision: precision, resuming: states)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    let error = #expect(throws: SamplingError.self) {
      try sampler.sample(other, Self.plan, precision: precision, resuming: states)
    }
    return error?.description
  }

  @Test func anotherDensityOrPrecisionIsRefused() throws {
    func density(_ scale: Double) -> LogDensity {
      LogDensity(dimension: 3) { $0.logDensity(.studentT(5, [0.1, 0.2, 0.3], scale)) }
    }
    let sentence =
      "these chains were begun on another density, or with another precision of it: the log density is not what it was "
      + "where they stand; go on with those, or begin anew"
    let replicas = ReplicaExchange(RandomWalkMetropolis(), replicas: 3, least: 0.3)
    #expect(try refusal(of: NoUTurnSampler(), density(1), then: density(1.001)) == sentence)
    #expect(try refusal(of: SliceSampler(), density(1), then: density(1.001)) == sentence)
    #expect(try refusal(of: replicas, density(1), then: density(1.001)) == sentence)
    #expect(try refusal(of: NoUTurnSampler(), density(1), then: density(1), precision: .single) == sentence)
    #expect(try refusal(of: RandomWalkMetropolis(), density(1), then: density(1), precision: .single) == sentence)
  }

  @Test func replicasThatExchangedPlacesGoOnAtAnyStop() throws {
    let density = LogDensity(dimension: 3) { $0.logDensity(.studentT(5, [0.1, 0.2, 0.3], 1)) }
    let sampler = ReplicaExchange(RandomWalkMetropolis(), replicas: 5, least: 0.37)
    for draws in 1...40 {
      var plan = Self.plan
      plan.draws = draws
      let states = try sampler.sample(density, plan).states
      #expect(try sampler.sample(density, plan, resuming: states).isComplete)
    }
  }
}
