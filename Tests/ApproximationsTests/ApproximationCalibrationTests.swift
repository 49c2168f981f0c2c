//  ApproximationCalibrationTests.swift — simulation-based calibration of methods that are exact in a limit, in that limit.
//
//  Notation   θ ~ N(0, I) in three coordinates,  y | θ ~ N(Xθ, σ² I) in eight, with orthogonal columns of X
//
//  The posterior is a normal distribution with independent coordinates, which Laplace's approximation and a variational family hold,
//  and which chains reach. θ is drawn from the prior and y given θ, so the rank of θ among draws given y is uniform
//  if the method is right [Talts et al. 2018]: mean, scale of the prior, noise and number of rows all enter.

import Approximations
import Arrays
import Evaluation
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct ApproximationCalibrationTests {
  private static let noise = 0.6
  private static let model = BayesianModel(
    Network(inputs: 3) { Dense(1, bias: false) }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(noise)))

  /// The ranks of the three coordinates among 31 draws.
  ///
  /// - Parameter scale: What θ is drawn with; the model believes 1.
  private func ranks(
    repetitions: UInt64 = 200, scale: Double = 1, _ draws: (Examples, UInt64) throws -> DenseArray<Float>
  ) rethrows -> [RankHistogram] {
    var ranks: [[Int]] = [[], [], []]
    for repetition in 0..<repetitions {
      var generator = Philox(seed: 99, stream: repetition)
      let truth = (0..<3).map { _ in scale * generator.normal() }
      let design = LaplaceExactnessTests.design
      let targets = design.map { row in
        Float(zip(row, truth).reduce(0) { $0 + $1.0 * $1.1 } + Self.noise * generator.normal())
      }
      let examples = Examples(
        inputs: DenseArray(rows: design.map { $0.map { Float($0) } }), targets: DenseArray(targets))
      let found = try draws(examples, repetition)
      for axis in 0..<3 {
        ranks[axis].append(
          RankHistogram.rank(of: truth[axis], among: (0..<31).map { Double(found[$0, axis]) }))
      }
    }
    return ranks.map { RankHistogram(ranks: $0, drawCount: 31) }
  }

  private func expectUniform(_ histograms: [RankHistogram]) {
    for histogram in histograms {
      #expect(histogram.uniformityProbability(bins: 16) > 0.001, "\(histogram.counts(bins: 16))")
    }
  }

  private static let descent = TrainingConfiguration(
    epochs: 100, batchSize: 8, optimizer: .sgd(), schedule: .constant(0.3))
  private static let control = RunControl(threads: 1)

  private func laplace(scale: Double = 1) throws -> [RankHistogram] {
    try ranks(scale: scale) { examples, seed in
      try Laplace(.dense, tuning: .fixed, training: Self.descent)
        .fit(Self.model, to: examples, seed: seed, control: Self.control).sample(31, seed: seed).draws
    }
  }

  @Test func ranksUnderALaplaceApproximationAreUniform() throws { expectUniform(try laplace()) }

  @Test func ranksUnderAWrongPriorAreNot() throws {
    let histograms = try laplace(scale: 10)
    #expect(histograms.contains { $0.uniformityProbability(bins: 16) < 1e-6 })
  }

  @Test func ranksUnderMarkovChainsAreUniform() throws {
    expectUniform(
      try ranks { examples, seed in
        try MarkovChains(chains: 1, warmUp: 150, draws: 31, thinning: 3)
          .fit(Self.model, to: examples, seed: seed, control: Self.control).draws.draws
      })
  }

  @Test func ranksUnderLangevinDynamicsWithAShortStepAreUniform() throws {
    expectUniform(
      try ranks { examples, seed in
        try StochasticGradientMCMC(
          .langevin, path: .stationary(.constant(0.01), burnIn: 0.1), epochs: 5000, batchSize: 8, draws: 31, chains: 1
        ).fit(Self.model, to: examples, seed: seed, control: Self.control).draws.draws
      })
  }

  /// With momentum a step is worth 1/b of Langevin dynamics: fewer are enough.
  @Test(arguments: [
    StochasticDynamics.hamiltonian(friction: 0.1), .thermostat(friction: 0.1, relaxation: 0.01),
    .preconditionedLangevin(),
  ])
  func ranksUnderOtherDynamicsWithAShortStepAreUniform(dynamics: StochasticDynamics) throws {
    let isPreconditioned = if case .preconditionedLangevin = dynamics { true } else { false }
    expectUniform(
      try ranks { examples, seed in
        try StochasticGradientMCMC(
          dynamics, path: .stationary(.constant(isPreconditioned ? 0.015 : 0.003), burnIn: 0.2),
          epochs: isPreconditioned ? 5000 : 2400, batchSize: 8, draws: 31, chains: 1
        ).fit(Self.model, to: examples, seed: seed, control: Self.control).draws.draws
      })
  }

  @Test func ranksUnderAVariationalFamilyThatHoldsThePosteriorAreUniform() throws {
    expectUniform(
      try ranks { examples, seed in
        try VariationalInference(
          family: .fullRank,
          training: TrainingConfiguration(
            epochs: 1500, batchSize: 8, optimizer: .adam(), schedule: .cosine(0.03))
        ).fit(Self.model, to: examples, seed: seed, control: Self.control).sample(31, seed: seed).draws
      })
  }
}
