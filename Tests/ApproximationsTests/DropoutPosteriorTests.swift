//  DropoutPosteriorTests.swift — passes with masks: their mean, their variance, who shares a mask, masks as weights.
//
//  Notation   p = 0.25 the rate     y = Σᵢ wᵢ xᵢ mᵢ + b     m independent, of mean one and variance p / (1 − p)
//
//  Equations  (1) E y = w·x + b     (2) Var y = p / (1 − p) Σ wᵢ² xᵢ²

import Approximations
import Arrays
import Evaluation
import Foundation
import Networks
import Probability
import Testing

@Suite struct DropoutPosteriorTests {
  private static let noise = Likelihood.gaussian(noise: .fixed(0.5))

  private static func posterior(
    _ network: Network, _ likelihood: Likelihood = noise, passes: Int = 30, masks: DropoutPosterior.Masks = .perInput,
    parameters: DenseArray<Float>? = nil
  ) -> DropoutPosterior {
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: likelihood)
    var random = Philox(seed: 9)
    return DropoutPosterior(
      model: model,
      parameters: parameters ?? DenseArray((0..<model.parameterCount).map { _ in 0.3 * Float(random.normal()) }),
      state: random.uniform(shape: [network.stateCount]), seed: 3, passes: passes, masks: masks)
  }

  private static func inputs(_ rows: Int, _ columns: Int) -> DenseArray<Float> {
    var random = Philox(seed: 8)
    return random.normal(shape: [rows, columns])
  }

  private static func numbers(_ predictive: Predictive) -> DenseArray<Double> {
    switch predictive.content {
    case .numbers(let forecast):
      guard case .normal(let means, _, _) = forecast.components else { preconditionFailure("a normal forecast") }
      return means
    case .classes(let probabilities): return probabilities
    }
  }

  private static let classifier = Network(inputs: 6) {
    Dense(40)
    BatchNormalization()
    Activation.tanh
    Dropout(0.5)
    Dense(30)
    Activation.relu
    Dropout(0.2)
    Dense(4)
  }

  /// 20 000 passes: the mean has a relative standard error of 0.007 of the deviation, the variance one of √2 / 141 = 0.01
  /// (a little more or less, as y is not normal).
  @Test(arguments: [DropoutPosterior.Masks.perInput, .perPass])
  func passesOfALinearModelHaveItsMeanAndVariance(masks: DropoutPosterior.Masks) {
    let network = Network(inputs: 3) {
      Dropout(0.25)
      Dense(1)
    }
    let posterior = Self.posterior(
      network, passes: 20_000, masks: masks, parameters: DenseArray([0.5, -1, 2, 0.25]))
    let forecast = posterior.predict(DenseArray([1, 2, -1, 0.5, 0, 3], shape: [2, 3]))
    for (row, (mean, variance)) in [(-3.25, (0.25 + 4 + 4) / 3), (6.5, (0.0625 + 36) / 3)].enumerated() {
      #expect(abs(forecast.mean[row] - mean) < 4 * 0.007 * variance.squareRoot())
      #expect(abs(forecast.epistemic[row] * forecast.epistemic[row] / variance - 1) < 4 * 0.012)
      #expect(abs(forecast.aleatoric[row] - 0.5) < 1e-6)
    }
  }

  @Test func inputsShareMasksInAPassAndNotOtherwise() {
    let alike = DenseArray<Float>([Float](repeating: 0.7, count: 300 * 6), shape: [300, 6])
    let own = Self.numbers(Self.posterior(Self.classifier, .categorical(classes: 4), passes: 3).predict(alike))
    let shared = Self.numbers(
      Self.posterior(Self.classifier, .categorical(classes: 4), passes: 3, masks: .perPass).predict(alike))
    func pass(_ p: DenseArray<Double>, _ pass: Int) -> Set<Double> { Set((0..<300).map { p[pass, $0, 0] }) }
    for number in 0..<3 { #expect(pass(own, number).count > 250) }
    // Rows of a block at its edge are computed in other vectors, and round otherwise.
    for number in 0..<3 {
      let values = pass(shared, number)
      #expect((values.max() ?? 1) - (values.min() ?? 0) < 1e-6)
    }
    #expect(abs(shared[0, 0, 0] - shared[1, 0, 0]) > 1e-4, "passes differ")
  }

  /// Products of at most 40 terms in another order.
  @Test(arguments: [1, 30]) func drawsAreThePassesWithMasksInTheWeights(count: Int) {
    let x = Self.inputs(500, 6)
    let posterior = Self.posterior(Self.classifier, .categorical(classes: 4), passes: count, masks: .perPass)
    #expect(posterior.hasDraws)
    let passes = Self.numbers(posterior.predict(x))
    let draws = Self.numbers(posterior.sample(count, seed: 3).predict(x))
    #expect(passes.shape == draws.shape)
    #expect(zip(passes.elements, draws.elements).allSatisfy { abs($0 - $1) < 2e-5 })
    #expect(posterior.sample(count, seed: 4).draws != posterior.sample(count, seed: 3).draws)
  }

  @Test func aMaskThatNoDenseLayerFollowsHasNoDraws() async {
    let images = Network(inputs: [1, 8, 8]) {
      Convolution2D(3, size: [3, 3])
      Activation.relu
      Dropout(0.3)
      Convolution2D(2, size: [3, 3])
      Flatten()
      Dense(3)
    }
    let posterior = Self.posterior(images, .categorical(classes: 3))
    #expect(!posterior.hasDraws)
    let flat = Network(inputs: [1, 8, 8]) {
      Convolution2D(3, size: [3, 3])
      Activation.relu
      Dropout(0.3)
      Flatten()
      Dense(3)
    }
    #expect(Self.posterior(flat, .categorical(classes: 3)).hasDraws)
    await #expect(processExitsWith: .failure) {
      _ = DropoutPosteriorTests.posterior(
        Network(inputs: 3) {
          Dense(2)
          Dropout(0.3)
        }, .categorical(classes: 2)
      ).sample(1, seed: 0)
    }
  }

  @Test(arguments: [DropoutPosterior.Masks.perInput, .perPass])
  func passesAreTheSameBitsForAnyNumberOfThreads(masks: DropoutPosterior.Masks) {
    for rows in [1, 257, 700] {
      let x = Self.inputs(rows, 6)
      let posterior = Self.posterior(Self.classifier, .categorical(classes: 4), passes: 7, masks: masks)
      let alone = Self.numbers(posterior.predict(x, threads: 1))
      #expect(alone.elements.allSatisfy { $0.isFinite })
      for threads in [2, 3, 8] { #expect(Self.numbers(posterior.predict(x, threads: threads)) == alone) }
    }
  }

  @Test func morePassesKeepTheFirst() {
    let x = Self.inputs(300, 6)
    let few = Self.numbers(Self.posterior(Self.classifier, .categorical(classes: 4), passes: 2).predict(x))
    let many = Self.numbers(Self.posterior(Self.classifier, .categorical(classes: 4), passes: 5).predict(x))
    #expect(few.elements == Array(many.elements[..<few.count]))
  }

  @Test func noInputsHaveNoPredictions() {
    let posterior = Self.posterior(Self.classifier, .categorical(classes: 4))
    #expect(posterior.predict(DenseArray([], shape: [0, 6])).count == 0)
  }

  @Test func theMeanIsTheNetworkWithoutMasks() {
    let x = Self.inputs(5, 6)
    let posterior = Self.posterior(Self.classifier, .categorical(classes: 4))
    let mean = Self.numbers(posterior.mean.predict(x))
    #expect(mean.shape == [1, 5, 4])
    #expect(mean.elements != Array(Self.numbers(posterior.predict(x)).elements[..<20]))
  }
}
