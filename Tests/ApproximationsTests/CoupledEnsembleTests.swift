//  CoupledEnsembleTests.swift — particles with repulsion against the posterior that they approximate; members of one network.

import Approximations
import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Programs
import Testing
import Training

@Suite struct CoupledEnsembleTests {
  private typealias Data = LinearGaussianData

  /// 200 particles for a normal target in two dimensions, deviations 1 and 0.5, correlation 0.6. The fixed points of the
  /// mean-field flow have the target's moments; with M particles the variance falls short by a few hundredths.
  @Test func particlesOfANormalTargetTakeItsMeanAndCovariance() {
    let mean = [0.7, -0.3]
    let covariance = [1.0, 0.3, 0.25]
    let determinant = covariance[0] * covariance[2] - covariance[1] * covariance[1]
    let precision = DenseArray(
      [covariance[2], -covariance[1], -covariance[1], covariance[0]].map { $0 / determinant }, shape: [2, 2])
    let program = Program(inputs: [[200, 2]]) { t in
      let drive = matmul(Tensor.constant(DenseArray(mean, shape: [1, 2])) - t[0], .constant(precision))
      return [t[0] + SteinKernel(t[0]).direction(drive: drive) * 0.5]
    }
    let executor = Executor<Double>(Plan(program))
    var random = Philox(seed: 6)
    let start: DenseArray<Double> = random.normal(shape: [200, 2])
    _ = executor.input(0).update(fromContentsOf: start.elements)
    for _ in 0..<3000 {
      executor.run()
      _ = executor.input(0).update(fromContentsOf: executor.output(0))
    }
    let found = Data.moments(DenseArray(executor.output(0).map { Float($0) }, shape: [200, 2]))
    #expect(zip(found.mean, mean).allSatisfy { abs($0 - $1) < 0.02 })
    #expect(abs(found.covariance[0] - 1) < 0.06)
    #expect(abs(found.covariance[1] - 0.3) < 0.03)
    #expect(abs(found.covariance[2] - 0.25) < 0.02)
  }

  /// Two particles at ±a: the median rule with log (M + 1) makes their kernel 1/3 whatever a, and its slope 2 log 3 / (4a²) · 2a / 3.
  @Test func twoParticlesMoveByTheEquation() {
    let (a, drives) = (0.8, [0.4, -1.1])
    let program = Program(inputs: [[2, 1], [2, 1]]) { t in [SteinKernel(t[0]).direction(drive: t[1])] }
    let found = program.run([DenseArray([a, -a], shape: [2, 1]), DenseArray(drives, shape: [2, 1])])[0].elements
    let repulsion = log(3.0) / (3 * a)
    #expect(abs(found[0] - 0.5 * (drives[0] + drives[1] / 3 + repulsion)) < 1e-12)
    #expect(abs(found[1] - 0.5 * (drives[1] + drives[0] / 3 - repulsion)) < 1e-12)
  }

  /// For N(0, 1) two particles come to rest at ±a where −a + a/3 + log 3/(3a) is zero: a² = ½ log 3, from wherever they start.
  @Test(arguments: [0.05, 3]) func twoParticlesRestWhereDriveAndRepulsionAreEven(start: Double) {
    let executor = Executor<Double>(
      Plan(Program(inputs: [[2, 1]]) { t in [t[0] + SteinKernel(t[0]).direction(drive: -t[0]) * 0.2] }))
    _ = executor.input(0).update(fromContentsOf: [start + 0.4, 0.4 - start])
    for _ in 0..<300 {
      executor.run()
      _ = executor.input(0).update(fromContentsOf: executor.output(0))
    }
    let rest = (0.5 * log(3.0)).squareRoot()
    #expect(abs(executor.output(0)[0] - rest) < 1e-12 && abs(executor.output(0)[1] + rest) < 1e-12)
  }

  /// Through training: the data set's size, the minibatch's and the prior enter as they should. 40 particles.
  @Test(arguments: [30, 10]) func particlesOfALinearModelApproachItsPosterior(batchSize: Int) throws {
    let training = TrainingConfiguration(
      epochs: 900 * batchSize / 30, batchSize: batchSize, optimizer: .adam(), schedule: .cosine(0.05))
    let ensemble = SteinEnsemble(members: 40, space: .weights, training: training)
    let found = Data.moments(try ensemble.fit(Data.model, to: Data.examples, seed: 4).draws)
    let exact = Data.posterior
    for place in 0..<2 {
      #expect(abs(found.mean[place] - exact.mean[place]) < 0.25 * exact.covariance[2 * place].squareRoot())
      #expect(abs(found.covariance[2 * place] / exact.covariance[2 * place] - 1) < 0.25)
    }
  }

  private static let parabola: (model: BayesianModel, examples: Examples) = {
    let inputs: [Float] = (0..<40).map { i in
      let start: Float = i < 20 ? -2 : 0.5
      return start + 1.5 * Float(i % 20) / 19
    }
    return (
      BayesianModel(
        .multilayerPerceptron(inputs: 1, hidden: [20], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
        likelihood: .gaussian(noise: .learned)),
      Examples(inputs: DenseArray(inputs, shape: [40, 1]), targets: DenseArray(inputs.map { $0 * $0 - 1 }))
    )
  }()

  private static let training = TrainingConfiguration(epochs: 400, batchSize: 20, schedule: .cosine(0.02))

  @Test(arguments: [SteinEnsemble.Space.weights, .functions])
  func particlesDisagreeMostFarFromTheData(space: SteinEnsemble.Space) throws {
    let posterior = try SteinEnsemble(space: space, training: Self.training)
      .fit(Self.parabola.model, to: Self.parabola.examples, seed: 3)
    let forecast = posterior.predict(DenseArray([-6, -1.25, 1.25, 6], shape: [4, 1]))
    #expect(abs(forecast.mean[1] - 0.5625) < 0.3 && abs(forecast.mean[2] - 0.5625) < 0.3)
    #expect(
      min(forecast.epistemic[0], forecast.epistemic[3]) > 2 * max(forecast.epistemic[1], forecast.epistemic[2]))
    for threads in [1, 3] {
      let again = try SteinEnsemble(space: space, training: Self.training)
        .fit(Self.parabola.model, to: Self.parabola.examples, seed: 3, control: RunControl(threads: threads))
      #expect(again.draws == posterior.draws, "\(threads) threads")
    }
  }

  /// Rounding of sums of some hundred terms in double precision. Members have 3, 1 and 4 rows; one convolution has groups.
  @Test func oneProductForAllMembersGivesWhatTheirOwnWeightsGive() {
    let network = Network(inputs: [4, 5, 6]) {
      Convolution2D(6, size: 3, stride: 2, groups: 2)
      Activation.tanh
      Residual {
        Convolution2D(6, size: 3, padding: 1, bias: false)
        GroupNormalization(groups: 2)
      }
      Flatten()
      Dense(5, bias: false)
      Activation.tanh
      Dense(3)
    }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .categorical(classes: 3))
    let factors = RankOneFactors(model, members: 3)
    #expect(factors.names == network.weightsOfSums && factors.names.count == 4)
    var random = Philox(seed: 5)
    let vector: DenseArray<Double> = random.normal(shape: [factors.count])
    let x: DenseArray<Double> = random.normal(shape: [8, 4, 5, 6])
    let results = Program(inputs: [vector.shape, x.shape]) { t in
      let state = Tensor.constant(0, shape: [0])
      let shared = t[0].slice(axis: 0, 0..<model.parameterCount)
      let together = model.outputs(
        shared, t[1], state: state, mode: .training, members: factors.rows([3, 1, 4], in: t[0]))
      let apart = [0..<3, 3..<4, 4..<8].enumerated().map { member, rows in
        model.outputs(factors.parameters(of: member, in: t[0]), t[1].slice(axis: 0, rows), mode: .training).outputs
      }
      let own = concatenate(apart, axis: 0)
      return [
        together, own, gradient(of: exp(together * 0.1).sum(), withRespectTo: t[0]),
        gradient(of: exp(own * 0.1).sum(), withRespectTo: t[0]),
      ]
    }.run([vector, x])
    for (found, expected) in [(results[0], results[1]), (results[2], results[3])] {
      let largest = expected.elements.reduce(0) { max($0, abs($1)) }
      #expect(zip(found.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-12 * largest })
      #expect(largest > 0.1)
    }
  }

  @Test func membersOfABatchEnsembleDifferByFactorsOfRankOne() throws {
    let posterior = try BatchEnsemble(members: 3, training: Self.training)
      .fit(Self.parabola.model, to: Self.parabola.examples, seed: 3)
    let network = Network(inputs: 4) {
      Dense(3)
      Activation.tanh
      Dense(2)
    }
    #expect(posterior.drawCount == 3)
    let forecast = posterior.predict(DenseArray([-1.25, 1.25], shape: [2, 1]))
    #expect(forecast.mean.allSatisfy { abs($0 - 0.5625) < 0.3 })
    var random = Philox(seed: 1)
    let examples = Examples(
      inputs: random.normal(shape: [50, 4]), targets: DenseArray((0..<50).map { Float($0 % 2) }))
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .categorical(classes: 2))
    let draws = try BatchEnsemble(members: 2, training: TrainingConfiguration(epochs: 10, batchSize: 16))
      .fit(model, to: examples, seed: 2).draws
    let weight = try #require(network.layout["0.dense.weight"])
    func ratio(_ row: Int, _ column: Int) -> Double {
      let place = weight.offset + row * 4 + column
      return Double(draws[1, place]) / Double(draws[0, place])
    }
    for (row, column) in [(1, 1), (2, 3), (1, 3)] {
      let (one, other) = (ratio(0, 0) * ratio(row, column), ratio(0, column) * ratio(row, 0))
      #expect(abs(one / other - 1) < 1e-4, "a minor of the ratios is zero")
    }
    #expect((0..<4).contains { abs(ratio(0, $0) - ratio(0, 0)) > 0.01 }, "members differ")
    let bias = try #require(network.layout["0.dense.bias"])
    #expect(bias.range.allSatisfy { draws[0, $0] == draws[1, $0] })
  }

  /// With inputs of zero only the bias counts, which has no factors: eight rows of 1 with noise 1 have it at 8 / (8 + 1/s²).
  @Test func membersOfABatchEnsembleShareTheDataAmongThem() throws {
    let model = BayesianModel(
      Network(inputs: 1) { Dense(1) }, prior: .normal(scale: 0.5), likelihood: .gaussian(noise: .fixed(1)))
    let examples = Examples(
      inputs: DenseArray(repeating: 0, shape: [8, 1]), targets: DenseArray(repeating: 1, shape: [8]))
    let training = TrainingConfiguration(epochs: 60, batchSize: 8, optimizer: .sgd(), schedule: .constant(0.2))
    let draws = try BatchEnsemble(members: 2, training: training).fit(model, to: examples, seed: 2).draws
    let bias = try #require(model.layout["0.dense.bias"])
    for member in 0..<2 { #expect(abs(Double(draws[member, bias.offset]) - 8.0 / 12) < 1e-5) }
  }

  @Test func runningStatisticsAreRefused() {
    let network = Network(inputs: 1) {
      Dense(3)
      BatchNormalization()
      Dense(1)
    }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned))
    #expect(throws: TrainingError.self) {
      try SteinEnsemble(training: Self.training).fit(model, to: Self.parabola.examples)
    }
    #expect(throws: TrainingError.self) {
      try BatchEnsemble(training: Self.training).fit(model, to: Self.parabola.examples)
    }
  }
}
