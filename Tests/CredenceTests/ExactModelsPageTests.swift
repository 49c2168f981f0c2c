//  ExactModelsPageTests.swift — the last layer of Documentation/ExactModels.md, with nothing but the umbrella imported.

import Credence
import Foundation
import Testing

@Suite struct ExactModelsPageTests {
  @Test func theLastLayerOfAFittedNetworkHasAnExactPosterior() async throws {
    var random = Philox(seed: 3)
    let x = (0..<80).map { Double($0) / 20 - 2 }
    let y = x.map { sin(2 * $0) + 0.1 * random.normal() }
    let (inputs, targets) = (DenseArray(x, shape: [80, 1]), y)
    let examples = Examples(
      inputs: DenseArray(x.map { Float($0) }, shape: [80, 1]), targets: DenseArray(y.map { Float($0) }))
    let network = Network(inputs: 1) {
      Dense(20)
      Activation.tanh
      Dense(1)
    }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned))
    let training = TrainingConfiguration(epochs: 300, batchSize: 20, schedule: .cosine(0.02))

    let fitted = try await MaximumAPosteriori(training: training).fit(model, to: examples, seed: 0)
    let basis = try BasisFunctions.lastLayer(of: model.network, parameters: fitted.draws, state: fitted.states)
    let exact = BayesianLinearRegression(basis, inputs: 1, priorPrecision: 1, noisePrecision: 1)
      .observing(inputs, targets)
    let best = try #require(exact.maximizingEvidence)
    // Eighty rows know a deviation to 8 %.
    #expect(abs(0.1 * best.noisePrecision.squareRoot() - 1) < 0.3)
    let found = best.predict(DenseArray([0.25, 0.75, 8], shape: [3, 1]))
    for (row, place) in [0.25, 0.75].enumerated() {
      let (lower, upper) = found.distributions[row].interval(0.99)
      #expect(lower < sin(2 * place) && sin(2 * place) < upper && upper - lower < 0.8)
    }
    #expect(found.latentVariances[2] > 4 * found.latentVariances[0], "far away little is known")
  }
}
