//  Variational.swift — steps of mean-field variational inference on the 784-800-400-10 network, batch 128.
//
//  Whole fits on made-up images, epochs of twenty steps: a step is gathering the minibatch, the gradient of the bound and the update
//  of means and spreads, whose pass also draws the weights of the next step.

import Credence

/// Measures whole epochs of a fit of 20 minibatches.
private func steps(
  _ name: String, _ method: @escaping (TrainingConfiguration) -> any InferenceMethod
) -> (Int) -> Void {
  { threads in
    let rows = 20 * 128
    let examples = Examples(
      inputs: DenseArray(numbers(rows * 784, seed: 2), shape: [rows, 784]),
      targets: DenseArray((0..<rows).map { Float($0 % 10) }))
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10, activation: .relu),
      prior: .normal(scale: 0.1), likelihood: .categorical(classes: 10))
    let method = method(TrainingConfiguration(epochs: 10_000, batchSize: 128))
    measureSteps(name, threads: threads, steps: 20) { control in
      _ = try method.fit(model, to: examples, seed: 1, control: control)
    }
  }
}

func variationalStep(_ estimator: WeightEstimator) -> (Int) -> Void {
  let name =
    switch estimator {
    case .draw: "vi_step"
    case .localReparameterisation: "vi_step_local"
    case .flipout: "vi_step_flipout"
    }
  return steps(name) { VariationalInference(family: .meanField(estimator), training: $0) }
}

func onlineNewtonStep() -> (Int) -> Void {
  steps("ivon_step") { VariationalOnlineNewton(training: $0) }
}
