//  ImproperDensityTests.swift — densities that are infinite or not a number somewhere, and starting points that are no good.

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct ImproperDensityTests {
  /// A standard normal density between −1 and 1 in each coordinate; +∞ above and not a number below.
  private static func fenced(_ dimension: Int) -> DensityFunction {
    DensityFunction(dimension: dimension) { x, gradient in
      var value = 0.0
      for i in 0..<dimension {
        value -= 0.5 * x[i] * x[i]
        if x[i] > 1 { value = .infinity }
        if x[i] < -1 { value = .nan }
        gradient?[i] = -x[i]
      }
      return value
    }
  }

  /// The first coordinate of four chains that begin at 0; none where density or acceptance is once not finite.
  private static func walk<S: Sampler>(_ sampler: S, steps: Int = 5000, warmUp: Int = 500) -> Chains? {
    let density = fenced(2)
    var draws: [[Double]] = []
    for chain in 0..<4 as Range<UInt64> {
      var generator = Philox(seed: 5, stream: chain)
      var kernel = sampler.kernel(dimension: 2, warmUp: warmUp)
      let workspace = sampler.workspace(of: kernel, dimension: 2)
      var point = ChainPoint([0, 0], density)
      draws.append([])
      for step in 0..<warmUp + steps {
        let transition = kernel.step(&point, density, workspace, using: &generator)
        guard point.logDensity.isFinite, transition.acceptance.isFinite else { return nil }
        if step < warmUp { kernel.learn(from: transition, at: point) }
        if step + 1 == warmUp { kernel.finishWarmUp() }
        if step >= warmUp { draws[Int(chain)].append(point.position[0]) }
      }
    }
    return Chains(draws)
  }

  /// Of a standard normal between −1 and 1: 1 − 2 φ(1) / (Φ(1) − Φ(−1)) = 0.29112.
  private static let variance = 0.291_125

  @Test func samplersStayWhereTheDensityIsFinite() throws {
    func check<S: Sampler>(_ sampler: S) throws {
      let chains = try #require(Self.walk(sampler), "\(sampler)")
      let squares = chains.map { $0 * $0 }
      #expect(chains.pooled.allSatisfy { abs($0) <= 1 }, "\(sampler)")
      for (found, expected) in [(chains, 0), (squares, Self.variance)] {
        #expect(found.meanEffectiveSampleSize > 100, "\(sampler): \(found.meanEffectiveSampleSize)")
        #expect(abs(found.mean - expected) < 4 * found.meanError, "\(sampler): \(found.mean), \(expected)")
      }
    }
    try check(RandomWalkMetropolis())
    try check(GibbsSampler([.metropolis(0..<2)]))
    try check(SliceSampler())
    try check(EllipticalSliceSampler(mean: [0, 0], variances: [1, 1]))
    try check(MetropolisAdjustedLangevin())
    try check(HamiltonianMonteCarlo(length: .steps(3), stepSize: .fixed(0.3)))
    try check(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3), stepSize: .fixed(0.3)))
    try check(NoUTurnSampler())
    try check(NoUTurnSampler(metric: .dense))
    try check(MicrocanonicalHamiltonian(meanSteps: 3, stepSize: .fixed(0.3)))
    try check(ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5))
    // Without an accept step a wall is no part of the dynamics: all that holds is that it is not crossed.
    let unadjusted = try #require(Self.walk(MicrocanonicalLangevin()))
    #expect(unadjusted.pooled.allSatisfy { abs($0) <= 1 })
  }

  private static let plan = SamplingPlan(chains: 2, warmUp: 10, draws: 10, seed: 1)
  /// Infinite above 1, not a number below −1.
  private static let improper = LogDensity(dimension: 1) { x in
    let value = (x.squared * -0.5).sum()
    let edge = (x * x * x).sum()
    return select(edge .> 1, .constant(.infinity), select(edge .< -1, .constant(.nan), value))
  }

  private func sentence(_ start: StartingPoints, _ density: LogDensity = improper) -> String {
    do {
      _ = try NoUTurnSampler().sample(density, Self.plan, from: start)
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func aStartThatIsNoGoodIsOneSentence() {
    #expect(sentence(.given([[0.5], [-0.5], [7]])) == "no error", "a point more than chains is left alone")
    #expect(sentence(.given([[0.5]])) == "one starting point is given for 2 chains; give one for each chain")
    #expect(sentence(.given([])) == "0 starting points are given for 2 chains; give one for each chain")
    #expect(
      sentence(.given([[0.5], [0.1, 0.2]]))
        == "the starting point of chain 2 has 2 numbers where the density takes 1; give unconstrained coordinates, "
        + "as space.unconstrained makes them of parameters")
    for wrong in [2.0, -2, .nan, .infinity] {
      let found = sentence(.given([[0.5], [wrong]]))
      let start = "at the starting point of chain 2 the log density is not a number or +∞"
      #expect(found.hasPrefix(start) && found.hasSuffix("; give another point, or check the density"), "\(found)")
      #expect(found.contains("gradient not finite at x[0]") == !wrong.isFinite, "\(found)")
    }
    #expect(sentence(.uniform(radius: 2)) == "no error", "points are drawn again")
    let nowhere = LogDensity(dimension: 1) { x in x.sum() * 0 + .infinity }
    #expect(
      sentence(.uniform(), nowhere)
        == "chain 1 found no starting point where the log density and its gradient are finite: at the last that was tried "
        + "the log density is not a number or +∞; give starting points, or check the density")
  }
}
