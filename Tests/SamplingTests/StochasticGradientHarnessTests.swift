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

  /// GGN and Hessian are one for logits that are linear in the weights.
  @Test func laplaceFindsTheModeAndTheEvidenceOfTheReference() throws {
    let reference = try TargetReference.named("logistic_regression")
    let (model, examples) = try Self.regression()
    let found = try Laplace(
      .dense, tuning: .fixed,
      training: TrainingConfiguration(epochs: 400, batchSize: 40, optimizer: .sgd(), schedule: .constant(5))
    ).fit(model, to: examples, seed: 1)
    let mode = try #require(reference.map)
    let scale = mode.reduce(0) { max($0, abs($1)) }
    #expect(zip(found.mode.elements, mode).allSatisfy { abs(Double($0) - $1) < 1e-5 * scale }, "\(found.mode)")
    let (evidence, expected) = (try #require(found.logEvidence), try #require(reference.laplaceLogMarginalLikelihood))
    #expect(abs(evidence - expected) < 1e-5 * abs(expected), "\(evidence) for \(expected)")
    // And not the marginal likelihood itself, from which a normal distribution is 0.15 nats off.
    let marginal = try #require(reference.logMarginalLikelihood)
    #expect(abs(evidence - marginal.value) > 20 * marginal.mcSe)
  }

  /// Chains on the network itself; its predictions against those of NumPyro's draws, the noise included.
  @Test func predictionsOfMarkovChainsAreThoseOfTheReference() throws {
    let reference = try TargetReference.named("tiny_bnn")
    let (x, y) = (try #require(reference.data.x), try #require(reference.data.y))
    let (grid, moments) = (try #require(reference.data.xGrid), try #require(reference.reference))
    let (meanErrors, scaleErrors) = (try #require(moments.mcseMean), try #require(moments.mcseSd))
    let withNoise = try #require(reference.predictiveSdIncludingNoise)
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 1, hidden: [5], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .fixed(try #require(reference.data.noiseSd))))
    func column(_ values: [Double]) -> DenseArray<Float> {
      DenseArray(values.map { Float($0) }, shape: [values.count, 1])
    }
    let posterior = try MarkovChains(chains: 4, warmUp: 800, draws: 600, thinning: 2, acceptance: 0.9)
      .fit(model, to: Examples(inputs: column(x), targets: column(y)), seed: 2)
    guard case .numbers(let forecast) = posterior.predict(column(grid), threads: 1).content,
      case .normal(let means, _, _) = forecast.components
    else {
      Issue.record("no normal forecast")
      return
    }
    for (index, row) in forecast.rows.enumerated() {
      let chains = Chains((0..<4).map { chain in (0..<600).map { means[chain * 600 + $0, index, 0] } })
      #expect(chains.meanEffectiveSampleSize > 200)
      #expect(abs(row.mean - moments.mean[index]) < 4 * hypot(chains.meanError, meanErrors[index]))
      // d √(s² + σ²) = s ds / √(s² + σ²)
      let slope = moments.sd[index] / withNoise[index]
      let error = slope * hypot(chains.standardDeviationError, scaleErrors[index])
      #expect(abs(row.standardDeviation - withNoise[index]) < 4 * error, "\(grid[index])")
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
