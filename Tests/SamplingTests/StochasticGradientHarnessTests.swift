//  StochasticGradientHarnessTests.swift — chains that see minibatches, and Stein particles, on the known targets that are posteriors:
//  the harness of the samplers, with the reference's moments.
//
//  Notation   N  rows, η the learning rate, Λ the precision at the mode
//
//  `logistic_regression`, N = 40: the eigenvalues of Λ / N lie between 0.03 and 0.2. Steps of η = 0.05 widen a variance by at most
//  η 0.2 / 2 = 0.5 %, far below the harness's Monte Carlo errors, and 100 000 of them are worth 100 000 η 0.03 / 2 = 75 independent
//  draws in the slowest direction, of each of eight chains.

import Approximations
import Arrays
import Evaluation
import Foundation
import Networks
import Optimization
import Probability
import Programs
import Testing
import Training

@Suite struct StochasticGradientHarnessTests {
  /// The logistic regression as a network.
  private static func regression() throws -> (model: BayesianModel, examples: Examples) {
    let data = try TargetReference.named("logistic_regression").data
    let (design, y) = (try #require(data.design), try #require(data.y))
    return (
      BayesianModel(
        Network(inputs: 4) { Dense(1, bias: false) }, prior: .normal(scale: 2), likelihood: .bernoulli),
      Examples(
        inputs: DenseArray(design.flatMap { $0.map { Float($0) } }, shape: [40, 4]),
        targets: DenseArray(y.map { Float($0) }))
    )
  }

  @Test func theNetworkIsTheTarget() throws {
    let reference = try TargetReference.named("logistic_regression")
    let (model, examples) = try Self.regression()
    let density = model.logJoint(examples.inputs, examples.targets)
    for (point, expected) in zip(reference.points, reference.logDensity) {
      let found = density.valueAndGradient.run([DenseArray(point)])[0].elements[0]
      #expect(abs(found - expected) < 1e-6 * abs(expected), "inputs are rounded to Float")
    }
  }

  private static func report(
    _ dynamics: StochasticDynamics, rate: Double, temperature: Double = 1, batchSize: Int
  ) throws -> HarnessReport {
    let (model, examples) = try regression()
    let target = try KnownTarget.named("logistic_regression")
    let sampler = StochasticGradientMCMC(
      dynamics, path: .stationary(.constant(rate), burnIn: 0.1), epochs: 100_000 * batchSize / 40, batchSize: batchSize,
      draws: 1000, chains: 8, temperature: temperature)
    let posterior = try sampler.fit(model, to: examples, seed: 8)
    let draws = (0..<8).map { chain in
      let rows = posterior.chain(chain).draws
      return (0..<1000).map { row in (0..<4).map { Double(rows[row, $0]) } }
    }
    return check(target) { value in
      Chains(draws.map { $0.map(value) })
    } within: {
      (4, 200)
    }
  }

  @Test(arguments: [
    (StochasticDynamics.langevin, 0.05), (.preconditionedLangevin(), 0.01), (.hamiltonian(), 0.005),
    (.thermostat(), 0.005),
  ])
  func dynamicsPassTheHarnessOnAKnownPosterior(dynamics: StochasticDynamics, rate: Double) throws {
    let report = try Self.report(dynamics, rate: rate, batchSize: 20)
    #expect(report.passes, "\(report)")
  }

  @Test func aColdPosteriorIsSeen() throws {
    #expect(try !Self.report(.langevin, rate: 0.05, temperature: 0.7, batchSize: 40).passes)
  }

  /// The flow of infinitely many particles has its fixed point at the target; 100 in four dimensions spread a tenth less.
  @Test(arguments: [40, 20]) func steinParticlesTakeTheMomentsOfAKnownPosterior(batchSize: Int) throws {
    let (model, examples) = try Self.regression()
    let training = TrainingConfiguration(
      epochs: 2000 * batchSize / 40, batchSize: batchSize, optimizer: .adam(), schedule: .cosine(0.05))
    let particles = try SteinEnsemble(members: 100, space: .weights, training: training)
      .fit(model, to: examples, seed: 3).draws
    let moments = try #require(try TargetReference.named("logistic_regression").reference)
    for entry in 0..<4 {
      let values = (0..<100).map { Double(particles[$0, entry]) }
      let mean = values.reduce(0, +) / 100
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100).squareRoot()
      #expect(abs(mean - moments.mean[entry]) < 0.1 * moments.sd[entry])
      #expect(abs(deviation / moments.sd[entry] - 1) < 0.15)
    }
  }
}
