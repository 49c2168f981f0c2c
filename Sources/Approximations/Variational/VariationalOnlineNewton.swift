//  VariationalOnlineNewton.swift — a mean field by natural gradients: IVON, the improved variational online Newton method.
//
//  Notation   N rows of data,  T temperature,  q = ∏ N(μᵢ, σᵢ²),  ℓ the mean loss of a row,  h an estimate of its diagonal curvature
//             p = ∏ N(c, s²) the prior,  δ = 1 / (N s²)
//
//  Equations  (1) q = argmin N E_q ℓ(θ) + KL(q ‖ p), at T = 1 the evidence lower bound; in general
//                 N E_q ℓ − E_q log p − T · entropy of q: the nearest mean field of p(θ | D) to the power 1 / T
//             (2) σ² = T / (N (h + δ)), h by equation (1) of `OnlineNewtonState`: natural gradients of (1) need no gradient in σ,
//                 since ∇²-expectations are E_q ∇ℓ (θ − μ) / σ² by Stein's identity                       [Shen et al. 2024]
//             (3) ρ = min(1/10, forgottenTimes / steps): the curvature of the start is forgotten, and that of the end an average
//                 over as much of the run as can be
//
//  The paper's effective sample size and weight decay are N / T and δ: they follow from data and prior, and nobody sets them.
//  One draw of the weights for a minibatch; a step costs that of a mode, P normal numbers and one pass over five vectors.
//  The prior is normal: (2) is that of a quadratic log p.

import Arrays
import Foundation
public import Networks
import Optimization
import Probability
public import Training

/// Independent normals over all weights, by natural gradients.
public struct VariationalOnlineNewton: InferenceMethod {
  public static let name = "ivon"

  /// h at the start: σ begins at √(T / (N (h + δ))).
  public var initialCurvature: Double
  /// The share of a gradient's average that a step keeps.
  public var momentum: Double
  /// ρ, or `nil` for (3).
  public var forgetting: Double?
  /// T: 1 for the posterior, less for a cold one.
  public var temperature: Double
  /// Draws that a prediction averages over.
  public var predictionDraws: Int
  /// Epochs, minibatches and learning rates. The rate is that of gradient descent in the first steps; the optimiser is the
  /// method's own, and early stopping is not used.
  public var training: TrainingConfiguration

  /// Precondition: all above 0, momentum and forgetting below 1, predictionDraws ≥ 1.
  public init(
    initialCurvature: Double = 1, momentum: Double = 0.9, forgetting: Double? = nil, temperature: Double = 1,
    predictionDraws: Int = 30, training: TrainingConfiguration
  ) {
    precondition(
      initialCurvature > 0 && temperature > 0, "a curvature of \(initialCurvature) at temperature \(temperature)")
    precondition((0..<1).contains(momentum), "a momentum of \(momentum)")
    precondition(forgetting.map { $0 > 0 && $0 < 1 } ?? true, "a share of \(forgetting ?? 0) for what is new")
    precondition(predictionDraws >= 1, "\(predictionDraws) draws")
    self.initialCurvature = initialCurvature
    self.momentum = momentum
    self.forgetting = forgetting
    self.temperature = temperature
    self.predictionDraws = predictionDraws
    self.training = training
  }

  /// How often the curvature of the start would have been forgotten by the end of a run.
  private static let forgottenTimes = 5.0

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> VariationalPosterior {
    for (range, element) in model.prior.factors(over: model.layout) {
      guard case .normal = element else {
        throw .unusable(
          "ivon takes its weight decay from a normal prior, and that of parameters \(range.lowerBound) to "
            + "\(range.upperBound - 1) is another; take a normal prior or the method \(VariationalInference.name)")
      }
    }
    guard training.clipping == nil else { throw .unusable("the gradients of ivon are not clipped") }
    let prior = MeanFieldPrior(model)
    var random = Philox(seed: seed, stream: 0).substream(3)
    let means = model.initialParameters(Float.self, using: &random).elements
    let rows = examples.count
    var configuration = training
    configuration.earlyStopping = nil
    let method = self
    @Sendable func state(steps: Int) -> OnlineNewtonState<Float> {
      OnlineNewtonState(
        means: means, factors: prior.factors,
        settings: OnlineNewtonState.Settings(
          rows: rows, temperature: method.temperature, curvature: method.initialCurvature, momentum: method.momentum,
          forgetting: method.forgetting ?? min(0.1, Self.forgottenTimes / Double(max(steps, 1)))))  // (3)
    }
    let recipe = TrainingRecipe(
      identity: "\(Self.name) \(initialCurvature) \(momentum) \(forgetting ?? 0) \(temperature)",
      configuration: configuration, objective: .meanField(model, prior, estimator: .draw, annealing: .none),
      start: { _, _ in
        var vector = means
        vector.withUnsafeMutableBufferPointer {
          state(steps: 1).draw(
            into: $0, key: MeanFieldKey(seed: seed, stream: 0, step: 0, site: MeanFieldSite.weights), pool: nil)
        }
        return vector
      },
      rule: { extent in OnlineNewtonRule(state(steps: extent.steps)) })
    let trainer = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)[0]
    guard let rule = trainer.rule as? OnlineNewtonRule else { preconditionFailure("the rule is that of the recipe") }
    return VariationalPosterior(
      model: model, distribution: .meanField(rule.normal), state: DenseArray(trainer.result.state),
      predictionDraws: predictionDraws, predictionSeed: seed)
  }
}
