//  Predictions.swift — 1000 inputs through 784-800-400-10: 30 draws of θ, and 30 passes with masks.

import Credence

private func inputs() -> DenseArray<Float> { DenseArray(numbers(1000 * 784, seed: 2), shape: [1000, 784]) }

private func model() -> BayesianModel {
  BayesianModel(
    .multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10, activation: .relu),
    prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
}

func predictThirty(threads: Int) -> () -> Void {
  let model = model()
  let draws = (0..<30).flatMap { seed in
    var random = Philox(seed: UInt64(seed))
    return model.initialParameters(Float.self, using: &random).elements
  }
  let posterior = DrawsPosterior(
    model: model, draws: DenseArray(draws, shape: [30, model.parameterCount]),
    states: DenseArray([], shape: [30, 0]))
  let x = inputs()
  return { _ = posterior.predict(x, threads: threads) }
}

func dropoutPredictThirty(threads: Int) -> () -> Void {
  let network = dropoutNetwork()
  let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
  var random = Philox(seed: 1)
  let posterior = DropoutPosterior(
    model: model, parameters: model.initialParameters(using: &random), state: DenseArray([]), seed: 1)
  let x = inputs()
  return { _ = posterior.predict(x, threads: threads) }
}
