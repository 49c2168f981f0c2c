//  LearnedMaskTests.swift — learned rates, and masks on weights.

import Approximations
import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct LearnedMaskTests {
  private typealias Data = LinearGaussianData

  private static func network() -> Network {
    .multilayerPerceptron(inputs: 1, hidden: [20], outputs: 1, activation: .tanh)
  }

  private static func curve(_ rows: Int) -> Examples {
    var random = Philox(seed: 2)
    let x: DenseArray<Float> = random.normal(shape: [rows, 1])
    return Examples(inputs: x, targets: DenseArray(x.elements.map { $0 * $0 - $0 }))
  }

  /// Data that say nothing leave the entropy alone: its maximum is at one half, where the prior's term for weights of zero
  /// has no slope.
  @Test func ratesGoToOneHalfWhereTheDataAreSilent() throws {
    let model = BayesianModel(
      Self.network(), prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(1000)))
    let training = TrainingConfiguration(epochs: 400, batchSize: 20, schedule: .cosine(0.05))
    let posterior = try MonteCarloDropout(rate: .learned(initial: 0.1), training: training)
      .fit(model, to: Self.curve(20), seed: 1)
    #expect(posterior.rates.count == 1 && abs(posterior.rates[0] - 0.5) < 0.02)
  }

  @Test func ratesFallWhereTheDataAreClear() throws {
    let model = BayesianModel(
      Self.network(), prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(0.05)))
    let training = TrainingConfiguration(epochs: 100, batchSize: 50, schedule: .cosine(0.02))
    let posterior = try MonteCarloDropout(rate: .learned(initial: 0.3), training: training)
      .fit(model, to: Self.curve(2000), seed: 1)
    #expect(posterior.rates[0] < 0.1)
    #expect(posterior.hasDraws)
  }

  /// y = Σ m x w of K inputs that are all x: many small terms, so that masks hardly matter to y, and what the prior's mean over
  /// masks asks for is what the entropy has to outweigh. In p the bound is K H(p) − A / (1 − p), A = ½ ‖W‖² (1/s² + N x²/σ²);
  /// its optimum is at K log((1 − p) / p) = A / (1 − p)². Relaxed masks have a little less variance than the second part of A
  /// says, which is a tenth of it.
  @Test func aRateIsWhereTheEntropyMeetsTheTermOfTheWeights() throws {
    let (inputs, rows, x, scale, noise) = (200, 8, 0.02, 0.5, 0.09)
    let network = Network(inputs: Shape([inputs])) {
      ConcreteDropout(initialRate: 0.5)
      Dense(1, bias: false)
    }
    let model = BayesianModel(network, prior: .normal(scale: scale), likelihood: .gaussian(noise: .fixed(noise)))
    let examples = Examples(
      inputs: DenseArray(repeating: Float(x), shape: [rows, inputs]), targets: DenseArray(repeating: 3, shape: [rows]))
    let training = TrainingConfiguration(epochs: 1500, batchSize: rows, schedule: .cosine(0.05))
    let posterior = try MonteCarloDropout(training: training).fit(model, to: examples, seed: 1)
    let weight = try #require(model.layout.slices.first { $0.role == .weight })
    let square = posterior.parameters.elements[weight.range].reduce(0) { $0 + Double($1) * Double($1) }
    let attraction = 0.5 * square * (1 / (scale * scale) + Double(rows) * x * x / (noise * noise))
    var (low, high) = (0.001, 0.5)
    for _ in 0..<60 {
      let p = 0.5 * (low + high)
      if Double(inputs) * log((1 - p) / p) > attraction / ((1 - p) * (1 - p)) { low = p } else { high = p }
    }
    #expect(low > 0.1 && low < 0.3, "\(low): the terms are of one size")
    #expect(abs(posterior.rates[0] - low) < 0.02, "\(posterior.rates) for \(low)")
  }

  /// Each weight of a draw is 0 or w / (1 − p); biases stay. With y = w m x + b: Var y = p / (1 − p) w² x². 4000 draws: a
  /// relative standard error of the variance of about 0.03.
  @Test func droppedWeightsAreZeroOrScaledUp() {
    let posterior = DropConnectPosterior(
      model: Data.model, parameters: DenseArray([0.8, -0.4]), state: DenseArray([]), rate: 0.2, seed: 7, passes: 4000)
    let draws = posterior.sample(4000, seed: 7).draws
    let zeros = (0..<4000).filter { draws[$0, 0] == 0 }.count
    #expect(abs(Double(zeros) / 4000 - 0.2) < 5 * 0.0064)
    #expect((0..<4000).allSatisfy { draws[$0, 1] == -0.4 && (draws[$0, 0] == 0 || abs(draws[$0, 0] - 1) < 1e-6) })
    let forecast = posterior.predict(DenseArray([3], shape: [1, 1]))
    #expect(abs(forecast.mean[0] - 2) < 4 * 1.2 / 4000.0.squareRoot())
    #expect(abs(forecast.epistemic[0] * forecast.epistemic[0] / (0.25 * 0.64 * 9) - 1) < 4 * 0.03)
  }

  /// The minimum of the expected loss of w, b with masks on w alone, under a prior that has a say. Gradients have the noise of one
  /// mask a step, a deviation of about 0.3 for w; the last rates of the cosine average it to less than 0.01.
  @Test func trainingWithDroppedWeightsFindsTheMinimumOfTheExpectedLoss() throws {
    let (rate, scale) = (0.3, 0.15)
    let model = BayesianModel(Data.model.network, prior: .normal(scale: scale), likelihood: Data.model.likelihood)
    let training = TrainingConfiguration(epochs: 30_000, batchSize: 30, optimizer: .sgd(), schedule: .cosine(0.02))
    let found = try DropConnect(rate: rate, training: training).fit(model, to: Data.examples, seed: 2).parameters
    func minimum(factor: Double) -> [Double] {
      let (inverse, prior) = (1 / (Data.noise * Data.noise), 1 / (scale * scale))
      var (ww, wb, bb, wy, by) = (prior * factor, 0.0, prior, 0.0, 0.0)
      for row in 0..<30 {
        let (x, y) = (Double(Data.examples.inputs[row, 0]), Double(Data.examples.targets[row]))
        ww += x * x * inverse * (1 + rate / (1 - rate))
        (wb, bb) = (wb + x * inverse, bb + inverse)
        (wy, by) = (wy + x * y * inverse, by + y * inverse)
      }
      let determinant = ww * bb - wb * wb
      return [(bb * wy - wb * by) / determinant, (ww * by - wb * wy) / determinant]
    }
    let exact = minimum(factor: 1 / (1 - rate))
    for (value, expected) in zip(found.elements, exact) {
      #expect(abs(Double(value) - expected) < 0.012, "\(found.elements) for \(exact)")
    }
    #expect(abs(minimum(factor: 1)[0] - exact[0]) > 0.018, "the factor is seen")
  }
}
