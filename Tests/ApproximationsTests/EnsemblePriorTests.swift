//  EnsemblePriorTests.swift — members that move together feel the whole prior, however many there are.
//
//  Notation   X̃ = (x, 1) [30, 2]     σ = 0.5     s = 0.1, as narrow as the data: the posterior's mean is far from least squares
//
//  Equations  (1) A = (X̃ᵀX̃ / σ² + I / s²)⁻¹,  m = A X̃ᵀ y / σ²,  the mode and the mean of the posterior

import Approximations
import Arrays
import Networks
import Optimization
import Probability
import Programs
import Testing
import Training

@Suite struct EnsemblePriorTests {
  private static let scale = 0.1
  private static let examples = LinearGaussianData.examples
  private static let model = BayesianModel(
    LinearGaussianData.model.network, prior: .normal(scale: scale),
    likelihood: .gaussian(noise: .fixed(LinearGaussianData.noise)))

  /// Equation (1), at any prior.
  private static func posterior(scale: Double) -> (mean: [Double], deviations: [Double]) {
    let variance = LinearGaussianData.noise * LinearGaussianData.noise
    var (ww, wb, bb, wy, by) = (1 / (scale * scale), 0.0, 1 / (scale * scale), 0.0, 0.0)
    for row in 0..<30 {
      let (x, y) = (Double(examples.inputs[row, 0]), Double(examples.targets[row]))
      (ww, wb, bb) = (ww + x * x / variance, wb + x / variance, bb + 1 / variance)
      (wy, by) = (wy + x * y / variance, by + y / variance)
    }
    let determinant = ww * bb - wb * wb
    return (
      [(bb * wy - wb * by) / determinant, (ww * by - wb * wy) / determinant],
      [(bb / determinant).squareRoot(), (ww / determinant).squareRoot()]
    )
  }

  private static let training = TrainingConfiguration(
    epochs: 1500, batchSize: 30, optimizer: .adam(), schedule: .cosine(0.02))

  @Test(arguments: [2, 10], [SteinEnsemble.Space.functions, .weights])
  func particlesHaveThePosteriorsMean(members: Int, space: SteinEnsemble.Space) throws {
    let draws = try SteinEnsemble(members: members, space: space, training: Self.training)
      .fit(Self.model, to: Self.examples, seed: 3).draws
    let found = LinearGaussianData.moments(draws)
    let (exact, wider) = (Self.posterior(scale: Self.scale), Self.posterior(scale: Self.scale * 2.0.squareRoot()))
    for place in 0..<2 {
      #expect(abs(found.mean[place] - exact.mean[place]) < 0.1 * exact.deviations[place])
    }
    #expect(abs(exact.mean[0] - wider.mean[0]) > 0.3 * exact.deviations[0], "half the prior is told apart")
  }

  /// 200 rows leave particles little to disagree on: each predicts as one network does, with its noise.
  @Test(arguments: [2, 8]) func particlesThatAgreeAreAtTheModeOfANetwork(members: Int) throws {
    var random = Philox(seed: 2)
    let inputs: DenseArray<Float> = random.normal(shape: [200, 2])
    let examples = Examples(
      inputs: inputs,
      targets: DenseArray((0..<200).map { inputs[$0, 0] - inputs[$0, 1] + 0.3 * Float(random.normal()) }))
    let network = Network(inputs: 2) {
      Dense(4)
      Activation.tanh
      Dense(1)
    }
    let model = BayesianModel(network, prior: .normal(scale: 0.15), likelihood: .gaussian(noise: .learned(initial: 1)))
    let training = TrainingConfiguration(epochs: 600, batchSize: 200, optimizer: .adam(), schedule: .cosine(0.03))
    let single = try MaximumAPosteriori(training: training).fit(model, to: examples, seed: 4)
    let particles = try SteinEnsemble(members: members, space: .functions, training: training)
      .fit(model, to: examples, seed: 4)
    let places = DenseArray<Float>([1, -1, 2, -2, -1, 1], shape: [3, 2])
    let (expected, found) = (single.predict(places).mean, particles.predict(places).mean)
    for place in 0..<3 { #expect(abs(found[place] - expected[place]) < 0.01, "\(found), not \(expected)") }
    let place = model.parameterCount - 1
    for member in 0..<members { #expect(abs(particles.draws[member, place] - single.draws[0, place]) < 0.03) }
  }

  /// Any member's weight can be any matrix of its own when there is one: the mode is that of one network.
  @Test(arguments: [Prior.normal(scale: scale), .laplace(scale: 0.05)])
  func aBatchEnsembleOfOneMemberIsAMode(prior: Prior) throws {
    let model = BayesianModel(
      LinearGaussianData.model.network, prior: prior, likelihood: .gaussian(noise: .fixed(LinearGaussianData.noise)))
    let member = try BatchEnsemble(members: 1, training: Self.training).fit(model, to: Self.examples, seed: 3).draws
    let single = try MaximumAPosteriori(training: Self.training).fit(model, to: Self.examples, seed: 3).draws
    for place in 0..<2 { #expect(abs(member[0, place] - single[0, place]) < 1e-3, "\(member) and \(single)") }
    guard prior == .normal(scale: Self.scale) else { return }
    let exact = Self.posterior(scale: Self.scale).mean
    for place in 0..<2 { #expect(abs(Double(member[0, place]) - exact[place]) < 1e-3) }
  }

  /// Rounding of sums of a hundred terms in double precision.
  @Test(arguments: [
    Prior.normal(scale: 0.4), .fanIn(gain: 1.2), .laplace(scale: 0.3), .studentT(degreesOfFreedom: 3, scale: 0.2),
    .bySlice(["0": .flat, "3.dense": .horseshoe(scale: 0.5)], default: .normal(scale: 2)), .flat,
  ])
  func thePriorOfABatchEnsembleIsTheMeanOfItsMembers(prior: Prior) {
    let network = Network(inputs: [2, 4, 4]) {
      Convolution2D(3, size: 2)
      Activation.tanh
      Flatten()
      Dense(4)
      Activation.tanh
      Dense(1, bias: false)
    }
    let model = BayesianModel(network, prior: prior, likelihood: .gaussian(noise: .learned(initial: 0.5)))
    let factors = RankOneFactors(model, members: 3)
    var random = Philox(seed: 5)
    let vector: DenseArray<Double> = random.normal(shape: [factors.count])
    let results = Program(inputs: [vector.shape]) { t in
      let found = factors.logPrior(in: t[0])
      let expected = (0..<3).reduce(Tensor.constant(0)) {
        $0 + model.logPrior(factors.parameters(of: $1, in: t[0])) * (1.0 / 3)
      }
      return [found, expected, gradient(of: found, withRespectTo: t[0]), gradient(of: expected, withRespectTo: t[0])]
    }.run([vector])
    for (found, expected) in [(results[0], results[1]), (results[2], results[3])] {
      let largest = expected.elements.reduce(1) { max($0, abs($1)) }
      #expect(zip(found.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-12 * largest })
    }
  }
}
