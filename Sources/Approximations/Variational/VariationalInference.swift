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

  public var family: VariationalFamily
  public var objective: VariationalObjective
  public var start: VariationalStart
  /// σ at the start, as a share of the usual spread of a weight's initial value, √(2 / fan-in).
  public var initialSpread: Double
  /// `nil`: over half of the steps where the likelihood learns its noise, otherwise none. Learned noise is wide while the means
  /// know nothing yet, the divergence then outweighs the data, and closes units before they have learnt.
  public var annealing: DivergenceAnnealing?
  /// Draws that a prediction averages over.
  public var predictionDraws: Int
  /// Mean fields are trained by Adam. Early stopping is not used: the bound itself keeps the fit from following noise.
  public var training: TrainingConfiguration
  /// What covariances may take while they are fitted. Unit: bytes.
  public var memoryLimit: Int

  /// Precondition: initialSpread > 0 and predictionDraws ≥ 1.
  ///
  /// - Parameter memoryLimit: `nil` is half of the memory of this machine.
  public init(
    family: VariationalFamily = .meanField(), objective: VariationalObjective = .evidenceLowerBound(),
    start: VariationalStart = .initialiser, initialSpread: Double = 0.1, annealing: DivergenceAnnealing? = nil,
    predictionDraws: Int = 30, training: TrainingConfiguration, memoryLimit: Int? = nil
  ) {
    precondition(initialSpread > 0 && predictionDraws >= 1, "a spread of \(initialSpread), \(predictionDraws) draws")
    precondition(objective.draws >= 1, "a bound of \(objective.draws) draws")
    self.family = family
    self.objective = objective
    self.start = start
    self.initialSpread = initialSpread
    self.annealing = annealing
    self.predictionDraws = predictionDraws
    self.training = training
    self.memoryLimit = memoryLimit ?? MemoryNeed.standardLimit
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> VariationalPosterior {
    let run = try plan(model)
    let mode = try findMode(model, examples, seed: seed, control: control)
    let means = mode?.elements ?? initialMeans(model, seed: seed)
    let (distribution, state) = try run(means, examples, seed, control)
    if case .mode = start { control.checkpoint?.ofMode.remove() }
    return VariationalPosterior(
      model: model, distribution: distribution, state: DenseArray(state), predictionDraws: predictionDraws,
      predictionSeed: seed)
  }

  /// From the starting means to a distribution and the running statistics.
  typealias Run = (
    _ means: [Float], _ examples: Examples, _ seed: UInt64, _ control: RunControl
  ) throws(TrainingError) -> (VariationalDistribution, [Float])

  /// Chooses how the family is fitted. Refuses what cannot be done, before anything is.
  private func plan(_ model: BayesianModel) throws(TrainingError) -> Run {
    let elements = model.prior.factors(over: model.layout).map(\.element)
    guard !elements.contains(.flat) else {
      throw .unusable(
        "variational inference needs a prior: under a flat one the spreads of unused weights have no limit")
    }
    if case .meanField(let estimator) = family {
      if objective == .evidenceLowerBound() { return try meanFieldRun(model, estimator) }
      guard estimator == .draw else {
        throw .unusable(
          "\(objective) is estimated from draws of all weights; use the estimator \(WeightEstimator.draw)")
      }
    }
    if case .mode(_, let prior) = start, prior != .ofModel {
      throw .unusable("a prior taken from a mode is there for mean fields with the evidence lower bound of one draw")
    }
    return try blockRun(model)
  }

  private func findMode(
    _ model: BayesianModel, _ examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DenseArray<Float>? {
    guard case .mode(let configuration, _) = start else { return nil }
    var control = control
    control.checkpoint = control.checkpoint?.ofMode
    return try train(model, on: examples, members: 1, configuration, seed: seed, control: control).parameters
  }

  private func initialMeans(_ model: BayesianModel, seed: UInt64) -> [Float] {
    var random = Philox(seed: seed, stream: 0).substream(3)
    return model.initialParameters(Float.self, using: &random).elements
  }

  /// What was chosen, or what suits the model.
  package func annealing(of model: BayesianModel) -> DivergenceAnnealing {
    annealing ?? (model.layout[Likelihood.logNoiseName] == nil ? .none : .linear(share: 0.5))
  }

  func initialDeviations(_ model: BayesianModel) -> [Double] {
    model.layout.slices.flatMap { slice in
      [Double](repeating: initialSpread * (2 / Double(max(slice.fanIn, 1))).squareRoot(), count: slice.shape.count)
    }
  }
}

extension CheckpointFolder {
  /// Where the mode that a fit begins at is kept.
  var ofMode: CheckpointFolder { CheckpointFolder(path: path + "/mode", resumes: resumes, interval: interval) }
}
