//  Laplace.swift — curvatures of 784-800-400-10 over 10 000 inputs, and predictions with them at 1000 inputs.

import Credence

private let images = DenseArray(numbers(10_000 * 784, seed: 5).map(abs), shape: [10_000, 784])
private let labels = DenseArray((0..<10_000).map { Float($0 % 10) })
private let model = BayesianModel(
  .multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10, activation: .relu), prior: .normal(scale: 1),
  likelihood: .categorical(classes: 10))
private let mode: DenseArray<Float> = {
  var random = Philox(seed: 1)
  return model.initialParameters(using: &random)
}()
private let point = CurvaturePoint(model, parameters: mode, inputs: images, targets: labels)
private let lastSlices = Array(point.slices.suffix(2))

/// Factors over the data, and their eigendecompositions.
private func kroneckerFit(_ slices: [ParameterSlice], threads: Int) -> () -> Void {
  let run = CurvatureRun(pool: WorkerPool(threads: threads))
  return {
    _ = required { try KroneckerCurvature(at: point, slices: slices, run: run).eigendecompositions(threads: threads) }
  }
}

func kroneckerFit(threads: Int) -> () -> Void { kroneckerFit(point.slices, threads: threads) }
func lastLayerFit(threads: Int) -> () -> Void { kroneckerFit(lastSlices, threads: threads) }

func diagonalFit(threads: Int) -> () -> Void {
  let run = CurvatureRun(pool: WorkerPool(threads: threads))
  return { _ = required { try DiagonalCurvature(at: point, run: run) } }
}

private func posterior(_ structure: LaplaceStructure, threads: Int) -> LaplacePosterior {
  let method = Laplace(
    structure, tuning: .fixed, prediction: .probit, training: TrainingConfiguration(epochs: 1))
  return required {
    try method.approximate(
      model, mode: mode, Examples(inputs: images, targets: labels), control: RunControl(threads: threads))
  }
}

private func predict(_ structure: LaplaceStructure, threads: Int) -> () -> Void {
  let posterior = posterior(structure, threads: threads)
  let inputs = images.rows(0..<1000)
  return { _ = posterior.predict(inputs, threads: threads) }
}

func kroneckerPredict(threads: Int) -> () -> Void { predict(.kronecker, threads: threads) }
func lastLayerPredict(threads: Int) -> () -> Void { predict(.lastLayer(.kronecker), threads: threads) }

func marginalLikelihoodStep(threads: Int) -> () -> Void {
  let posterior = posterior(.kronecker, threads: threads)
  return { _ = required { try posterior.logEvidence(scalingPriorPrecisionBy: 2) } }
}
