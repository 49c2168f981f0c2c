//  SampledJointTests.swift — Geweke's joint test of methods that are exact in a limit: short steps, long chains, much training.
//
//  A draw of a whole fit stands where a transition of a chain stands for samplers: see `LinearGaussianSimulation`. The limit is taken as far
//  as the test can tell: of 800 fits some 500 are effective, and a variance is known to 6 %.
//
//  Not here, as they claim no posterior in any limit that a fit can come near: Stein's particles, exact for infinitely many; ensembles
//  without anchors, dropout, weight averaging. A mean field and the online Newton method claim one where its coordinates are independent.

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

  @Test func timings() throws {
    func run(_ name: String, _ method: some InferenceMethod, on simulation: LinearGaussianSimulation = .faint) throws {
      let start = ContinuousClock.now
      let found = try score(method, on: simulation)
      print("JOINT", name, found, start.duration(to: .now))
    }
    func chain(_ dynamics: StochasticDynamics, _ rate: Double, _ epochs: Int) -> StochasticGradientMCMC {
      StochasticGradientMCMC(
        dynamics, path: .stationary(.constant(rate), burnIn: 0.5), epochs: epochs, batchSize: 8, draws: 1, chains: 1)
    }
    try run("langevin .1 400", chain(.langevin, 0.1, 400))
    try run("langevin .1 100", chain(.langevin, 0.1, 100))
    try run("hamiltonian .02 .1", chain(.hamiltonian(friction: 0.1), 0.02, 300))
    try run("hamiltonian .01 .1", chain(.hamiltonian(friction: 0.1), 0.01, 600))
    try run("thermostat .02", chain(.thermostat(friction: 0.1, relaxation: 0.01), 0.02, 300))
    try run("thermostat .01", chain(.thermostat(friction: 0.1, relaxation: 0.01), 0.01, 600))
    try run("psgld .03 600", chain(.preconditionedLangevin(), 0.03, 600))
    try run("nuts", MarkovChains(chains: 1, warmUp: 60, draws: 1, thinning: 10))
    try run(
      "cold",
      StochasticGradientMCMC(
        .langevin, path: .stationary(.constant(0.1), burnIn: 0.5), epochs: 400, batchSize: 8, draws: 1, chains: 1,
        temperature: 0.5))
    let training = { (epochs: Int, rate: Double) in
      TrainingConfiguration(epochs: epochs, batchSize: 8, optimizer: .adam(), schedule: .cosine(rate))
    }
    try run("low rank 600", VariationalInference(family: .lowRank(rank: 3), training: training(600, 0.1)))
    try run(
      "ivon 600 vague",
      VariationalOnlineNewton(training: TrainingConfiguration(epochs: 600, batchSize: 8, schedule: .cosine(0.1))),
      on: .plain)
    try run("mean field 600", VariationalInference(family: .meanField(), training: training(600, 0.1)), on: .plain)
    try run(
      "planar 300", VariationalInference(family: .planarFlow(layers: 1), training: training(300, 0.1)), on: .plain)
    try run(
      "coupling 300", VariationalInference(family: .couplingFlow(layers: 2, hidden: 2), training: training(300, 0.1)),
      on: .plain)
  }
}
