//  LaplacePosterior.swift — a normal distribution around the mode, N(θ*, Λ⁻¹), and its predictions.

public import Arrays
public import Curvatures
public import Networks
import Probability
import Programs
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
  /// Whether the data determine as much as a tenth of a parameter; otherwise the posterior is its point, for all that shows.
  public var hasWidth: Bool { abs(effectiveParameters) >= 0.1 }
  /// The precision of the prior of each slice that the posterior is about, after tuning; of one for each parameter, the geometric
  /// mean over the slice.
  public let priorPrecisions: [String: Double]

  package let weights: any WeightPosterior
  /// The marginal likelihood as a function of a factor on all precisions of the prior; `nil` for a posterior from a file.
  let evidence: (@Sendable (Double) throws(CurvatureError) -> Double)?
  let seed: UInt64

  /// log p(D) with all precisions of the prior multiplied by a factor, at the same mode. Unit: nats.
  ///
  /// Precondition: factor > 0. Throws: `CurvatureError` when the posterior is then not a distribution, or comes from a file.
  public func logEvidence(scalingPriorPrecisionBy factor: Double) throws(CurvatureError) -> Double {
    precondition(factor > 0, "a precision multiplied by \(factor)")
    guard let evidence else {
      throw .unsupported(
        "a file keeps the log evidence at one precision of the prior only; take the posterior of the fit")
    }
    return try evidence(factor)
  }

  public var predictsWithoutDraws: Bool { if case .network = prediction { false } else { true } }

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    if case .network(let draws) = prediction {
      return predict(inputs, draws: draws, weights, threads: threads)
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
      of: model, at: mode.converted(), state: state.converted(),
      inputs: inputs.converted(), pool: pool)
  }

  /// log σ of each target where the noise is learned.
  private var logNoise: [Double]? {
    model.layout[Likelihood.logNoiseName].map { mode.elements[$0.range].map { Double($0) } }
  }

  private func predictive(_ outputs: LinearisedOutputs) -> Predictive {
    let (count, width) = (outputs.means.shape[0], outputs.means.shape[1])
    switch (prediction, model.likelihood.family) {
    case (.linearised, .gaussian):
      let parts = likelihoodParameters(outputs.means.reshaped([1, count, width]))
      let targets = parts[0].shape[2]
      let variances = outputs.variances.elements
      let deviations = (0..<count * targets).map { place in
        max(variances[place / targets * width + place % targets], 0).squareRoot()
      }
      return Predictive(  // (1)
        .numbers(
          means: parts[0], noiseDeviations: parts[1],
          functionDeviations: DenseArray(deviations, shape: parts[0].shape)))
    case (.probit, _):
      return predictive(ofOutputs: outputs.probitOutputs.reshaped([1, count, width])).averaged  // (2)
    case (.laplaceBridge, _):
      return Predictive(  // (3)
        dirichlet: outputs.bridgeConcentrations.reshaped([1, count, width]))
    case (.linearised(let draws), _), (.network(let draws), _):
      return predictive(ofOutputs: outputs.draws(draws, seed: seed))  // (4)
    }
  }

  /// What the likelihood makes of outputs that are known. Shape [S, N, O].
  private func predictive(ofOutputs outputs: DenseArray<Double>) -> Predictive {
    PredictionResults.predictive(model.likelihood, likelihoodParameters(outputs))
  }

  /// The parameters of the likelihood's distributions: see `PredictionResults`. Shape [S, N, O] → [S, N, …] each.
  private func likelihoodParameters(_ outputs: DenseArray<Double>) -> [DenseArray<Double>] {
    let (draws, count) = (outputs.shape[0], outputs.shape[1])
    let rows: Shape = [draws * count, outputs.shape[2]]
    let program = Program(inputs: [rows]) { t in
      PredictionResults.outputs(
        model.likelihood, logNoise: logNoise.map { Tensor.constant(DenseArray($0)) }, outputs: t[0])
    }
    return program.run([outputs.reshaped(rows)]).map { $0.reshaped([draws, count, $0.shape[1]]) }
  }

  /// Draws of θ from N(θ*, Λ⁻¹); parameters outside of the approximation stay at the mode.
  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    return draws(count, seed: seed, weights)
  }

  /// θ = θ* + a move drawn by its own stream.
  private func draw<Weights: WeightPosterior>(_ draw: Int, seed: UInt64, _ weights: Weights) -> [Float] {
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
    return theta
  }

  /// What the draws of `sample` predict, each drawn when its turn comes: as many at a time as there are threads.
  private func predict<Weights: WeightPosterior>(
    _ inputs: DenseArray<Float>, draws count: Int, _ weights: Weights, threads: Int
  ) -> Predictive {
    Prediction(model, drawCount: count) { index, parameters, statistics in
      _ = parameters.update(fromContentsOf: draw(index, seed: seed, weights))
      _ = statistics.update(fromContentsOf: state.elements)
    }.evaluate(inputs, threads: threads)
  }

  private func draws<Weights: WeightPosterior>(_ count: Int, seed: UInt64, _ weights: Weights) -> DrawsPosterior {
    var rows: [Float] = []
    rows.reserveCapacity(count * mode.count)
    for index in 0..<count { rows += draw(index, seed: seed, weights) }
    return DrawsPosterior(
      model: model, draws: DenseArray(rows, shape: [count, mode.count]),
      states: DenseArray((0..<count).flatMap { _ in state.elements }, shape: [count, state.count]))
  }
}
