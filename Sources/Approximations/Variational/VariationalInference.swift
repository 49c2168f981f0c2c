//  VariationalInference.swift — the distribution of a family that is nearest to the posterior, by gradients of a bound.
//
//  Notation   N rows of data,  B rows of the minibatch,  q a distribution over θ,  p the prior,  β the annealing weight
//
//  Equations  (1) log p(D) ≥ E_q Σₙ log p(yₙ | xₙ, θ) − KL(q ‖ p),  equal where q is the posterior      [Graves 2011]
//             (2) step objective = −(1/N) [ N/B Σ log p(yₙ | xₙ, θ) − β KL(q ‖ p) ],  θ = μ + softplus(ρ) ε
//                                                                          [Kingma and Welling 2014; Blundell et al. 2015]
//
//  N, the weight of the divergence and B / N are the library's: the batch size changes the noise of a step, not the optimum.
//  KL is in closed form under normal priors and estimated from the same draw under others. The parameters of the likelihood
//  (learned noise) are points: q has no width there, and (2) is lowered in them together with their own prior.
//
//  Cost       mean field: memory 8 P floats; a step costs that of a mode, P normal numbers and a second Adam update.
//             When a mean field is too narrow, take an ensemble of fits, or a family with covariances.

import Arrays
import Foundation
public import Networks
import Optimization
import Probability
public import Training

/// Fits a distribution over all weights by stochastic gradients of the evidence lower bound.
public struct VariationalInference: InferenceMethod {
  public static let name = "variational"

  public var estimator: WeightEstimator
  public var start: VariationalStart
  /// σ at the start, as a share of the usual spread of a weight's initial value, √(2 / fan-in).
  public var initialSpread: Double
  public var annealing: DivergenceAnnealing
  /// Draws that a prediction averages over.
  public var predictionDraws: Int
  /// The optimiser must be Adam; early stopping is not used, since the bound itself keeps the fit from following noise.
  public var training: TrainingConfiguration

  /// Precondition: initialSpread > 0 and predictionDraws ≥ 1.
  public init(
    estimator: WeightEstimator = .draw, start: VariationalStart = .initialiser, initialSpread: Double = 0.1,
    annealing: DivergenceAnnealing = .none, predictionDraws: Int = 30, training: TrainingConfiguration
  ) {
    precondition(initialSpread > 0 && predictionDraws >= 1, "a spread of \(initialSpread), \(predictionDraws) draws")
    self.estimator = estimator
    self.start = start
    self.initialSpread = initialSpread
    self.annealing = annealing
    self.predictionDraws = predictionDraws
    self.training = training
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> VariationalPosterior {
    try check(model)
    let mode = try findMode(model, examples, seed: seed, control: control)
    let means = mode?.elements ?? initialMeans(model, seed: seed)
    let prior = prior(of: model, means: means)
    let centres = centres(means)
    let deviations = initialDeviations(model)
    let form = estimator.form
    guard case .adam(let beta1, let beta2, let epsilon) = training.optimizer else {
      throw .unusable("variational inference is trained by Adam, not by \(training.optimizer)")
    }
    @Sendable func state() -> MeanFieldState<Float> {
      MeanFieldState(
        means: means, deviations: deviations, form: form, factors: prior.factors, centres: centres, beta1: beta1,
        beta2: beta2, epsilon: epsilon)
    }
    var configuration = training
    configuration.earlyStopping = nil
    let rows = examples.count
    let recipe = TrainingRecipe(
      identity: "variational \(estimator) \(start) \(initialSpread) \(annealing)", configuration: configuration,
      objective: .meanField(model, prior, estimator: estimator, annealing: annealing),
      start: { _, _ in
        let state = state()
        var vector = form == .draw ? means : means + means
        vector.withUnsafeMutableBufferPointer {
          state.draw(
            into: $0, key: MeanFieldKey(seed: seed, stream: 0, step: 0, site: MeanFieldSite.weights), pool: nil)
        }
        return vector
      },
      rule: { _ in MeanFieldRule(state(), annealing: annealing, rows: rows) })
    let trainer = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)[0]
    guard let rule = trainer.rule as? MeanFieldRule else { preconditionFailure("the rule is that of the recipe") }
    if case .mode = start { control.checkpoint?.ofMode.remove() }
    return VariationalPosterior(
      model: model, distribution: .meanField(rule.normal(trainer.vector)), state: DenseArray(trainer.result.state),
      predictionDraws: predictionDraws, predictionSeed: seed)
  }

  /// Refuses what cannot be done, before anything is.
  private func check(_ model: BayesianModel) throws(TrainingError) {
    guard training.clipping == nil else { throw .unusable("variational inference does not clip gradients") }
    let elements = model.prior.factors(over: model.layout).map(\.element)
    guard !elements.contains(.flat) else {
      throw .unusable("variational inference needs a prior: under a flat one the spreads of unused weights have no limit")
    }
    let problem: String? =
      switch estimator {
      case .draw: nil
      case .localReparameterisation: model.network.problem(with: .localReparameterisation)
      case .flipout: model.network.problem(with: .flipout)
      }
    if let problem {
      throw .unusable("\(estimator) cannot sample this network: \(problem); use the estimator \(WeightEstimator.draw)")
    }
  }

  private func findMode(
    _ model: BayesianModel, _ examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DenseArray<Float>? {
    guard case .mode(let configuration, _) = start else { return nil }
    var control = control
    control.checkpoint = control.checkpoint?.ofMode
    return try train(model, on: examples, members: 1, configuration, seed: seed, control: control).parameters.rows(0..<1)
  }

  private func initialMeans(_ model: BayesianModel, seed: UInt64) -> [Float] {
    var random = Philox(seed: seed, stream: 0).substream(3)
    return model.initialParameters(Float.self, using: &random).elements
  }

  private func initialDeviations(_ model: BayesianModel) -> [Double] {
    model.layout.slices.flatMap { slice in
      [Double](repeating: initialSpread * (2 / Double(max(slice.fanIn, 1))).squareRoot(), count: slice.shape.count)
    }
  }

  private func prior(of model: BayesianModel, means: [Float]) -> MeanFieldPrior {
    guard case .mode(_, let prior) = start else { return MeanFieldPrior(model) }
    switch prior {
    case .ofModel: return MeanFieldPrior(model)
    case .centredOnMode(let scale): return MeanFieldPrior(model, replaced: { _ in (0, scale) })
    case .scaledToMode:
      return MeanFieldPrior(
        model,
        replaced: { slice in
          let squares = means[slice.range].reduce(0) { $0 + Double($1) * Double($1) }
          // A slice of zeros says nothing of its size.
          return squares > 0 ? (0, (squares / Double(slice.shape.count)).squareRoot()) : nil
        })
    }
  }

  private func centres(_ means: [Float]) -> [Float]? {
    guard case .mode(_, .centredOnMode) = start else { return nil }
    return means
  }
}

extension WeightEstimator {
  var form: MeanFieldForm {
    switch self {
    case .draw: .draw
    case .localReparameterisation: .variance
    case .flipout: .deviation
    }
  }
}

extension CheckpointFolder {
  /// Where the mode that a fit begins at is kept.
  var ofMode: CheckpointFolder { CheckpointFolder(path: path + "/mode", resumes: resumes, interval: interval) }
}
