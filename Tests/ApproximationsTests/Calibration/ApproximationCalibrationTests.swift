//  ApproximationCalibrationTests.swift — simulation-based calibration of methods that are exact in a limit, in that limit.
//
//  The posterior of `LinearGaussianSimulation` is normal. Laplace's approximation, anchored ensembles and the families with
//  covariances hold it whatever the design; the others where its coordinates are independent; chains reach it. Mean, scale of
//  the prior, noise and number of rows all enter the ranks.
//
//  Not here: Stein's particles are exact for infinitely many, and the spread of 31 is too small; ensembles without anchors, dropout
//  and weight averaging are exact in no limit.

import Approximations
import Arrays
import Evaluation
import Networks
import Optimization
import Testing
import Training

@Suite struct ApproximationCalibrationTests {
  private typealias Simulation = LinearGaussianSimulation

  private func expectUniform(_ histograms: [RankHistogram]) {
    for histogram in histograms {
      #expect(histogram.uniformityProbability(bins: 16) > 0.001, "\(histogram.counts(bins: 16))")
    }
  }

  private func expectUneven(_ histograms: [RankHistogram]) {
    let least = histograms.map { $0.uniformityProbability(bins: 16) }.min() ?? 1
    #expect(least < 1e-6, "\(histograms.map { $0.counts(bins: 16) })")
  }

  private static let control = RunControl(threads: 1)

  // MARK: Normal distributions about a mode

  /// Every structure holds the posterior of one layer with one output: its curvature is one Kronecker product, and low rank and
  /// functional are complete at rank 3 and with all examples.
  @Test(arguments: [
    LaplaceStructure.dense, .kronecker, .lowRank(3), .functional(examples: 8),
  ])
  func ranksUnderALaplaceApproximationAreUniform(structure: LaplaceStructure) throws {
    expectUniform(try CheapApproximation.laplace(structure).ranks(on: .correlated))
  }

  @Test func ranksUnderADiagonalLaplaceApproximationAreUniformWhereTheCurvatureIsDiagonal() throws {
    expectUniform(try CheapApproximation.laplace(.diagonal).ranks(on: .vague))
    expectUneven(try CheapApproximation.laplace(.diagonal).ranks(on: .correlated, repetitions: 1000))
  }

  @Test func ranksOfAnchoredMembersAreUniformIfTargetsHaveNoiseToo() throws {
    expectUniform(try CheapApproximation.anchored().ranks(on: .correlated))
    expectUneven(try CheapApproximation.anchored(perturbsTargets: false).ranks(on: .correlated))
  }

  @Test func ranksUnderAWrongPriorAreNot() throws {
    expectUneven(try CheapApproximation.laplace(.dense).ranks(on: .independent, scale: 10))
  }

  // MARK: Variational families

  private func variational(
    _ family: VariationalFamily, on simulation: Simulation, repetitions: UInt64 = 200, epochs: Int = 1500
  ) throws -> [RankHistogram] {
    try simulation.ranks(repetitions: repetitions) { examples, seed in
      try VariationalInference(
        family: family,
        training: TrainingConfiguration(
          epochs: epochs, batchSize: 8, optimizer: .adam(), schedule: .cosine(0.03))
      ).fit(simulation.model, to: examples, seed: seed, control: Self.control).sample(31, seed: seed).draws
    }
  }

  @Test(arguments: [VariationalFamily.fullRank, .lowRank(rank: 3)])
  func ranksUnderAVariationalFamilyThatHoldsThePosteriorAreUniform(family: VariationalFamily) throws {
    expectUniform(try variational(family, on: .correlated))
  }

  @Test(arguments: [VariationalFamily.meanField(), .meanField(.localReparameterisation)])
  func ranksUnderAMeanFieldAreUniformWhereCoordinatesAreIndependent(family: VariationalFamily) throws {
    expectUniform(try variational(family, on: .vague))
  }

  /// Both hold independent normals, as layers that do nothing.
  @Test(arguments: [VariationalFamily.planarFlow(layers: 1), .couplingFlow(layers: 2, hidden: 2)])
  func ranksUnderAFlowThatHoldsThePosteriorAreUniform(family: VariationalFamily) throws {
    expectUniform(try variational(family, on: .vague, repetitions: 100))
  }

  @Test(arguments: [1, 0.25])
  func ranksUnderTheOnlineNewtonMethodAreUniformAtATemperatureOfOne(temperature: Double) throws {
    let histograms = try Simulation.vague.ranks { examples, seed in
      try VariationalOnlineNewton(
        temperature: temperature,
        training: TrainingConfiguration(epochs: 2000, batchSize: 8, schedule: .cosine(0.1))
      ).fit(Simulation.vague.model, to: examples, seed: seed, control: Self.control).sample(31, seed: seed).draws
    }
    if temperature == 1 { expectUniform(histograms) } else { expectUneven(histograms) }
  }

  // MARK: Chains

  @Test func ranksUnderMarkovChainsAreUniform() throws {
    expectUniform(
      try Simulation.independent.ranks { examples, seed in
        try MarkovChains(chains: 1, warmUp: 150, draws: 31, thinning: 3)
          .fit(Simulation.independent.model, to: examples, seed: seed, control: Self.control).draws.draws
      })
  }

  @Test func ranksUnderLangevinDynamicsWithAShortStepAreUniform() throws {
    expectUniform(
      try Simulation.independent.ranks { examples, seed in
        try StochasticGradientMCMC(
          .langevin, path: .stationary(.constant(0.01), burnIn: 0.1), epochs: 5000, batchSize: 8, draws: 31, chains: 1
        ).fit(Simulation.independent.model, to: examples, seed: seed, control: Self.control).draws.draws
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
      try Simulation.independent.ranks { examples, seed in
        try StochasticGradientMCMC(
          dynamics, path: .stationary(.constant(isPreconditioned ? 0.015 : 0.003), burnIn: 0.2),
          epochs: isPreconditioned ? 5000 : 2400, batchSize: 8, draws: 31, chains: 1
        ).fit(Simulation.independent.model, to: examples, seed: seed, control: Self.control).draws.draws
      })
  }
}
