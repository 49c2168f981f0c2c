//  LaplacePosterior.swift — a normal distribution around the mode, N(θ*, Λ⁻¹), and its predictions.

public import Arrays
public import Curvatures
public import Networks
import Probability
public import Training

/// A Gaussian approximation of the posterior, centred at the mode.
public struct LaplacePosterior: Posterior {
  /// θ*, and the running statistics that belong to it. Learned noise is that of the marginal likelihood. Shapes [P], [Q].
  public let mode: DenseArray<Float>
  public let state: DenseArray<Float>
  public let model: BayesianModel
  public let prediction: LaplacePrediction

  /// log p(D) by the marginal likelihood of the Laplace approximation. Unit: nats.
  public let logEvidence: Double?
  /// The number of parameters that the data determine.
  public let effectiveParameters: Double
  /// The precision of the prior of each slice that the posterior is about, after tuning.
  public let priorPrecisions: [String: Double]

  package let weights: any WeightPosterior
  /// The marginal likelihood as a function of a factor on all precisions of the prior.
  let evidence: @Sendable (Double) throws(CurvatureError) -> Double
  let seed: UInt64

  /// log p(D) with all precisions of the prior multiplied by a factor, at the same mode. Unit: nats.
  ///
  /// Precondition: factor > 0. Throws: `CurvatureError` when the posterior is then not a distribution.
  public func logEvidence(scalingPriorPrecisionBy factor: Double) throws(CurvatureError) -> Double {
    precondition(factor > 0, "a precision multiplied by \(factor)")
    return try evidence(factor)
  }

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    if case .network(let draws) = prediction {
      return sample(draws, seed: seed).predict(inputs, threads: threads)
    }
    let pool = threads > 1 ? WorkerPool(threads: threads) : nil
    return predictive(outputs(at: inputs, weights, pool))
  }

  /// The normal distribution of the network's outputs, linearised at the mode. Shapes [N, O] and [N, O, O].
  public func linearisedOutputs(
    _ inputs: DenseArray<Float>, threads: Int = RunControl.processorCount
  ) -> (means: DenseArray<Double>, covariances: DenseArray<Double>) {
    let outputs = outputs(at: inputs, weights, threads > 1 ? WorkerPool(threads: threads) : nil)
    return (outputs.means, outputs.covariances)
  }

  private func outputs<Weights: WeightPosterior>(
    at inputs: DenseArray<Float>, _ weights: Weights, _ pool: WorkerPool?
  ) -> LinearisedOutputs {
    weights.outputs(
      of: model, at: mode.inElements(of: weights), state: state.inElements(of: weights),
      inputs: inputs.inElements(of: weights), pool: pool)
  }

  /// log σ of each target where the noise is learned.
  private var logNoise: [Double]? {
    model.layout[Likelihood.logNoiseName].map { mode.elements[$0.range].map { Double($0) } }
  }

  private func predictive(_ outputs: LinearisedOutputs) -> Predictive {
    let count = outputs.means.shape[0]
    switch (prediction, model.likelihood.family) {
    case (.linearised, .gaussian(let noise)):
      let likelihood = model.likelihood.predictions(outputs: outputs.means, logNoise: logNoise)
      let targets = likelihood.means.shape[1]
      let shape: Shape = [1, count, targets]
      let width = outputs.means.shape[1]
      let variances = outputs.variances.elements
      let deviations = (0..<count * targets).map { place in
        max(variances[place / targets * width + place % targets], 0).squareRoot()
      }
      precondition(noise != .perInput || width == 2 * targets, "outputs of shape \(outputs.means.shape)")
      return .normal(  // (1)
        means: likelihood.means.reshaped(shape),
        noise: (likelihood.deviations ?? likelihood.means).reshaped(shape),
        function: DenseArray(deviations, shape: shape))
    case (.probit, .categorical), (.probit, .bernoulli), (.probit, .multiLabel):
      let probabilities = model.likelihood.predictions(outputs: outputs.probitOutputs, logNoise: nil).means
      return classes(probabilities.reshaped([1, count, probabilities.shape[1]]))  // (2)
    case (.laplaceBridge, .categorical):
      return classes(outputs.bridgeProbabilities.reshaped([1, count, outputs.means.shape[1]]))  // (3)
    case (.linearised(let draws), _), (.network(let draws), _):
      return sampled(outputs, draws)
    case (.probit, _), (.laplaceBridge, _):
      preconditionFailure("the prediction \(prediction) does not fit the likelihood \(model.likelihood.family)")
    }
  }

  /// Equation (4).
  private func sampled(_ outputs: LinearisedOutputs, _ draws: Int) -> Predictive {
    let (count, width) = (outputs.means.shape[0], outputs.means.shape[1])
    let drawn = outputs.draws(draws, seed: seed).reshaped([draws * count, width])
    let likelihood = model.likelihood.predictions(outputs: drawn, logNoise: logNoise)
    let shape: Shape = [draws, count, likelihood.means.shape[1]]
    guard let deviations = likelihood.deviations else { return classes(likelihood.means.reshaped(shape)) }
    return Predictive(
      .numbers(means: likelihood.means.reshaped(shape), standardDeviations: deviations.reshaped(shape)))
  }

  private func classes(_ probabilities: DenseArray<Double>) -> Predictive {
    switch model.likelihood.family {
    case .bernoulli, .multiLabel:
      let (draws, count) = (probabilities.shape[0], probabilities.shape[1] * probabilities.shape[2])
      return Predictive(
        .classes(
          probabilities: DenseArray(probabilities.elements.flatMap { [1 - $0, $0] }, shape: [draws, count, 2])))
    default: return Predictive(.classes(probabilities: probabilities))
    }
  }

  /// Draws of θ from N(θ*, Λ⁻¹); parameters outside of the approximation stay at the mode.
  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    return draws(count, seed: seed, weights)
  }

  private func draws<Weights: WeightPosterior>(_ count: Int, seed: UInt64, _ weights: Weights) -> DrawsPosterior {
    var rows: [Float] = []
    rows.reserveCapacity(count * mode.count)
    for draw in 0..<count {
      var generator = Philox(seed: seed, stream: UInt64(draw))
      let moves = weights.deviation(using: &generator)
      var theta = mode.elements
      var place = 0
      for slice in weights.slices {
        for index in slice.range {
          theta[index] += Float(moves[place])
          place += 1
        }
      }
      rows += theta
    }
    return DrawsPosterior(
      model: model, draws: DenseArray(rows, shape: [count, mode.count]),
      states: DenseArray((0..<count).flatMap { _ in state.elements }, shape: [count, state.count]))
  }
}

extension Predictive {
  /// One normal distribution for each input and target, its variance in two parts. Shapes [1, N, D].
  fileprivate static func normal(
    means: DenseArray<Double>, noise: DenseArray<Double>, function: DenseArray<Double>
  ) -> Predictive {
    let total = zip(noise.elements, function.elements).map { ($0 * $0 + $1 * $1).squareRoot() }
    return Predictive(.numbers(means: means, standardDeviations: DenseArray(total, shape: means.shape)))
  }
}

extension DenseArray<Float> {
  /// The array in the element type of a posterior; itself where that is `Float`.
  fileprivate func inElements<Weights: WeightPosterior>(of weights: Weights) -> DenseArray<Weights.Element> {
    self as? DenseArray<Weights.Element> ?? converted()
  }
}
