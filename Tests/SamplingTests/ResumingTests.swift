//  ResumingTests.swift — chains go on with the sampler that they were begun with, and with no other.

import Foundation
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
}
