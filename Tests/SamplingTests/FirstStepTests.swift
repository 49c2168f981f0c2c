//  FirstStepTests.swift — without a warm-up the step is searched for, and not 1.

import Arrays
import Evaluation
import Foundation
import Probability
import Sampling
import Testing

@Suite struct FirstStepTests {
  private static let narrow = LogDensity(dimension: 2) { KnownTarget.normal($0, sd: 0.01) }

  private func check<S: Sampler>(_ sampler: S, thinning: Int = 1) throws {
    let plan = SamplingPlan(chains: 4, warmUp: 0, draws: 1000, thinning: thinning, seed: 2)
    let start = StartingPoints.given([[Double]](repeating: [0.01, -0.01], count: 4))
    let samples = try sampler.sample(Self.narrow, plan, from: start)
    let records = samples.transitions.flatMap { $0 }
    #expect(samples.trajectories.divergences == 0, "\(S.self)")
    #expect(records.reduce(0) { $0 + $1.acceptance } / Double(records.count) > 0.5, "\(S.self)")
    #expect(records.allSatisfy { $0.stepSize < 0.05 }, "\(S.self)")
    let x = samples.chains(of: 0)
    #expect(abs(x.standardDeviation - 0.01) < 4 * x.standardDeviationError, "\(S.self): \(x.standardDeviation)")
  }

  @Test func theFirstStepIsOfTheScaleOfTheDensity() throws {
    try check(NoUTurnSampler())
    try check(NoUTurnSampler(metric: .dense))
    try check(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 5)))
    try check(MetropolisAdjustedLangevin(), thinning: 5)
    try check(MicrocanonicalHamiltonian(meanSteps: 5))
    try check(ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5))
    try check(MicrocanonicalLangevin(step: .adapted(energyVariance: 1e-6)), thinning: 50)
  }

  @Test func theSearchForTheStepIsCounted() throws {
    let plan = SamplingPlan(chains: 2, warmUp: 0, draws: 50, seed: 2)
    let samples = try NoUTurnSampler(greatestDepth: 1).sample(Self.narrow, plan)
    for records in samples.transitions {
      // From a step of 1 to one of the scale 0.01, by halves.
      #expect(records[0].evaluations >= 6)
      #expect(records.dropFirst().allSatisfy { $0.evaluations == 1 })
    }
    #expect(samples.evaluations.sampling == samples.transitions.joined().reduce(0) { $0 + $1.evaluations })
  }
}
