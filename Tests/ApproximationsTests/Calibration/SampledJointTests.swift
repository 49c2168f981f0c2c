//  SampledJointTests.swift — Geweke's joint test of methods that are exact in a limit: short steps, long chains, much training.
//
//  A draw of a whole fit stands where a transition of a chain stands for samplers: see `LinearGaussianSimulation`. The limit is taken as far
//  as the test can tell: of 800 fits some 500 are effective, and a variance is known to 6 %.
//
//  Not here, as they claim no posterior in any limit that a fit can come near: Stein's particles, exact for infinitely many; ensembles
//  without anchors, dropout, weight averaging. A mean field and the online Newton method claim one where its coordinates are independent.
//  Families of low rank and flows come to theirs with more training than 800 fits can have: their ranks are in `ApproximationCalibrationTests`.

import Approximations
import Arrays
import Foundation
import Optimization
import Testing
import Training

@Suite struct SampledJointTests {
  private static let control = RunControl(threads: 1)

  private func score(_ method: some InferenceMethod, on simulation: LinearGaussianSimulation = .faint) throws -> Double
  {
    try simulation.jointScore { examples, seed in
      try method.fit(simulation.model, to: examples, seed: seed, control: Self.control).sample(1, seed: seed)
        .draws.elements
    }
  }

  private static func chain(
    _ dynamics: StochasticDynamics, rate: Double, epochs: Int, temperature: Double = 1
  ) -> StochasticGradientMCMC {
    StochasticGradientMCMC(
      dynamics, path: .stationary(.constant(rate), burnIn: 0.5), epochs: epochs, batchSize: 8, draws: 1, chains: 1,
      temperature: temperature)
  }

  @Test(arguments: [
    SampledJointTests.chain(.langevin, rate: 0.1, epochs: 400),
    SampledJointTests.chain(.hamiltonian(friction: 0.1), rate: 0.02, epochs: 300),
    SampledJointTests.chain(.thermostat(friction: 0.1, relaxation: 0.01), rate: 0.02, epochs: 300),
    SampledJointTests.chain(.preconditionedLangevin(), rate: 0.03, epochs: 600),
  ])
  func lastDrawsOfDynamicsWithShortStepsKeepTheJointDistribution(method: StochasticGradientMCMC) throws {
    let score = try score(method)
    #expect(score < 4, "\(score)")
  }

  @Test func aColdChainIsSeen() throws {
    let score = try score(Self.chain(.langevin, rate: 0.1, epochs: 400, temperature: 0.5))
    #expect(!(score < 5), "\(score)")
  }

  @Test func lastDrawsOfMarkovChainsKeepTheJointDistribution() throws {
    let score = try score(MarkovChains(chains: 1, warmUp: 60, draws: 1, thinning: 10))
    #expect(score < 4, "\(score)")
  }

  @Test func theOnlineNewtonMethodKeepsTheJointDistributionOfIndependentCoordinates() throws {
    let training = TrainingConfiguration(epochs: 600, batchSize: 8, schedule: .cosine(0.1))
    let score = try score(VariationalOnlineNewton(training: training), on: .plain)
    #expect(score < 4, "\(score)")
  }

  @Test func aMeanFieldKeepsTheJointDistributionOfIndependentCoordinates() throws {
    let training = TrainingConfiguration(epochs: 600, batchSize: 8, optimizer: .adam(), schedule: .cosine(0.1))
    let score = try score(VariationalInference(family: .meanField(), training: training), on: .plain)
    #expect(score < 4, "\(score)")
  }
}
