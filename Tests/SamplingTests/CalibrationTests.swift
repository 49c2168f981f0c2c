//  CalibrationTests.swift — simulation-based calibration of samplers, and of a wrong model to show that it would be seen.

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct SimulationBasedCalibrationTests {
  /// μ and log σ, and what was observed.
  private struct Simulation {
    let truth, y: [Double]

    /// y ~ N(μ, σ²) for 5 observations, μ ~ N(0, 2²), log σ ~ N(0, 0.5²).
    init(_ repetition: UInt64) {
      var generator = Philox(seed: 77, stream: repetition)
      let truth = [2 * generator.normal(), 0.5 * generator.normal()]
      self.truth = truth
      y = (0..<5).map { _ in truth[0] + exp(truth[1]) * generator.normal() }
    }

    static func prior(_ x: Tensor, scale: Double = 0.5) -> Tensor {
      KnownTarget.normal(x.slice(axis: 0, 0..<1), sd: 2) + KnownTarget.normal(x.slice(axis: 0, 1..<2), sd: scale)
    }

    func likelihood(_ x: Tensor) -> Tensor {
      KnownTarget.normal(
        .constant(DenseArray(y)), x.slice(axis: 0, 0..<1), sd: exp(x.slice(axis: 0, 1..<2)))
    }
  }

  /// The ranks of the two truths among 31 draws, for each repetition.
  private func ranks(
    repetitions: UInt64 = 240, _ draws: (Simulation, UInt64) throws -> [[Double]]
  ) rethrows -> [RankHistogram] {
    var ranks: [[Int]] = [[], []]
    for repetition in 0..<repetitions {
      let simulation = Simulation(repetition)
      for (axis, numbers) in try draws(simulation, repetition).enumerated() {
        ranks[axis].append(RankHistogram.rank(of: simulation.truth[axis], among: numbers))
      }
    }
    return ranks.map { RankHistogram(ranks: $0, drawCount: 31) }
  }

  /// - Parameters:
  ///   - believedScale: The prior scale of log σ that the sampler is told; 0.5 is right.
  ///   - width: What deviations are multiplied with: the density is raised to the power 1 / width².
  private func ranks<S: Sampler>(
    _ sampler: S, thinning: Int, warmUp: Int = 300, believedScale: Double = 0.5, width: Double = 1
  ) throws -> [RankHistogram] {
    try ranks { simulation, repetition in
      let density = LogDensity(dimension: 2) { x in
        (Simulation.prior(x, scale: believedScale) + simulation.likelihood(x)) * (1 / (width * width))
      }
      let plan = SamplingPlan(chains: 1, warmUp: warmUp, draws: 31, thinning: thinning, seed: repetition)
      let samples = try sampler.sample(density, plan, control: SamplingControl(threads: 1))
      return (0..<2).map { samples.chains(of: $0).draws[0] }
    }
  }

  private func expectUniform(_ histograms: [RankHistogram], _ name: String) {
    for histogram in histograms {
      #expect(histogram.uniformityProbability(bins: 16) > 0.001, "\(name): \(histogram.counts(bins: 16))")
      // Beyond four in 6 of 100 000 seeds.
      let scores = [histogram.locationScore, histogram.spreadScore]
      #expect(scores.allSatisfy { abs($0) < 4 }, "\(name): \(scores)")
    }
  }

  @Test func ranksOfTheTruthAreUniformForHamiltonianSamplers() throws {
    expectUniform(try ranks(NoUTurnSampler(), thinning: 3), "NUTS")
    expectUniform(try ranks(NoUTurnSampler(metric: .dense), thinning: 3), "NUTS, dense")
    for length in [HamiltonianMonteCarlo.Length.steps(4), .jitteredSteps(mean: 5), .time(1.2)] {
      expectUniform(try ranks(HamiltonianMonteCarlo(length: length), thinning: 3), "HMC, \(length)")
    }
    expectUniform(try ranks(MetropolisAdjustedLangevin(), thinning: 12), "MALA")
    expectUniform(try ranks(MicrocanonicalHamiltonian(meanSteps: 4), thinning: 4), "microcanonical")
    expectUniform(
      try ranks(MicrocanonicalLangevin(step: .adapted(energyVariance: 1e-5)), thinning: 40, warmUp: 1000),
      "microcanonical Langevin")
  }

  @Test func ranksOfTheTruthAreUniformForSamplersWithoutGradients() throws {
    expectUniform(try ranks(SliceSampler(), thinning: 8), "slice")
    expectUniform(
      try ranks(EllipticalSliceSampler(mean: [0, 0], variances: [4, 0.25]), thinning: 15), "elliptical slice")
    expectUniform(try ranks(RandomWalkMetropolis(), thinning: 30), "Metropolis")
    expectUniform(try ranks(GibbsSampler([.metropolis(0..<2)]), thinning: 20), "Metropolis within Gibbs")
    expectUniform(
      try ranks(ReplicaExchange(RandomWalkMetropolis(), replicas: 3, least: 0.2), thinning: 20), "replica exchange")
  }

  @Test func ranksOfTheTruthAreUniformForAGibbsSamplerWithAConditional() throws {
    let histograms = try ranks { simulation, repetition in
      let y = simulation.y
      let sampler = GibbsSampler([
        // μ | σ, y in closed form, and a Metropolis step of log σ.
        .conditional { x, generator in
          let weight = exp(-2 * x[1])
          let precision = 0.25 + 5 * weight
          x[0] = y.reduce(0, +) * weight / precision + generator.normal() / precision.squareRoot()
        },
        .metropolis(1..<2),
      ])
      let density = LogDensity(dimension: 2) { Simulation.prior($0) + simulation.likelihood($0) }
      let plan = SamplingPlan(chains: 1, warmUp: 300, draws: 31, thinning: 12, seed: repetition)
      let samples = try sampler.sample(density, plan, control: SamplingControl(threads: 1))
      return (0..<2).map { samples.chains(of: $0).draws[0] }
    }
    expectUniform(histograms, "Gibbs with a conditional")
  }

  @Test func ranksOfTheTruthAreUniformForSequentialMonteCarlo() throws {
    let gradients = HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3))
    for (name, method) in [
      ("random walk", SequentialMonteCarlo(particles: 310, steps: 15)),
      ("HMC", SequentialMonteCarlo(gradients, particles: 310, steps: 5)),
    ] {
      expectUniform(try ranks(method), "sequential Monte Carlo, \(name)")
    }
  }

  private func ranks(_ method: SequentialMonteCarlo) throws -> [RankHistogram] {
    try ranks { simulation, repetition in
      let result = try method.sample(
        prior: LogDensity(dimension: 2) { Simulation.prior($0) },
        likelihood: LogDensity(dimension: 2) { simulation.likelihood($0) }, seed: repetition,
        control: SamplingControl(threads: 1)
      ) { [2 * $0.normal(), 0.5 * $0.normal()] }
      // Particles that have a parent in common lie side by side.
      return (0..<2).map { axis in (0..<31).map { result.particles[10 * $0, axis] } }
    }
  }

  @Test func ranksUnderAWrongPriorAreNot() throws {
    let histograms = try ranks(NoUTurnSampler(), thinning: 3, believedScale: 0.15)
    #expect(histograms[1].uniformityProbability(bins: 16) < 1e-6, "\(histograms[1].counts(bins: 16))")
  }

  @Test func aPosteriorThatIsThirtyPerCentTooNarrowIsSeen() throws {
    for histogram in try ranks(NoUTurnSampler(), thinning: 3, width: 0.7) {
      #expect(histogram.spreadScore > 4, "\(histogram.spreadScore)")
    }
  }

  @Test func aShiftByTwoFifthsOfADeviationIsSeen() throws {
    let histograms = try ranks { simulation, repetition in
      let density = LogDensity(dimension: 2) { Simulation.prior($0) + simulation.likelihood($0) }
      let plan = SamplingPlan(chains: 1, warmUp: 300, draws: 31, thinning: 3, seed: repetition)
      let samples = try NoUTurnSampler().sample(density, plan, control: SamplingControl(threads: 1))
      return (0..<2).map { axis in
        let chains = samples.chains(of: axis)
        return chains.draws[0].map { $0 - 0.4 * chains.standardDeviation }
      }
    }
    for histogram in histograms {
      #expect(histogram.locationScore > 4 && abs(histogram.spreadScore) < 4, "\(histogram.locationScore)")
    }
  }

  @Test func scoresOfRanksHaveTheMomentsOfUniformOnes() {
    // All ranks of 0 … 7 once: the mean and the mean square are as they should be. Ends and middle alone are two sums by hand:
    // σ² = 63/12 = 5.25, κ = 5.25 · 185/20, and κ − σ⁴ = 21.
    let all = RankHistogram(ranks: Array(0...7), drawCount: 7)
    #expect(all.locationScore == 0 && abs(all.spreadScore) < 1e-15)
    let ends = RankHistogram(ranks: [0, 7], drawCount: 7)
    #expect(ends.locationScore == 0 && abs(ends.spreadScore - 14 / 42.0.squareRoot()) < 1e-14)
    let low = RankHistogram(ranks: [3, 3], drawCount: 7)
    #expect(abs(low.locationScore + 1 / 10.5.squareRoot()) < 1e-15)
    #expect(abs(low.spreadScore + 10 / 42.0.squareRoot()) < 1e-14)
  }

  @Test func binsShareTheRanksOut() {
    let all = RankHistogram(ranks: Array(0...31), drawCount: 31)
    #expect(all.counts(bins: 8) == [Int](repeating: 4, count: 8) && all.uniformityProbability(bins: 8) == 1)
    // Ten ranks in three bins: 4, 3 and 3.
    let uneven = RankHistogram(ranks: Array(0...9), drawCount: 9)
    #expect(uneven.counts(bins: 3) == [4, 3, 3] && uneven.uniformityProbability(bins: 3) == 1)
    let one = RankHistogram(ranks: [Int](repeating: 0, count: 40), drawCount: 9)
    // χ² = 160 + ... with two bins of 20 expected: (20² + 20²)/20 = 40.
    #expect(abs(one.uniformityProbability(bins: 2) - erfc(20.0.squareRoot())) < 1e-15)
  }
}
