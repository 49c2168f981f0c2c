//  VariationalInference+MeanField.swift — independent normals by the evidence lower bound: the fused path.

import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Training

extension VariationalInference {
  func meanFieldRun(_ model: BayesianModel, _ estimator: WeightEstimator) throws(TrainingError) -> Run {
    guard training.clipping == nil else { throw .unusable("a mean field's gradients are not clipped") }
    guard case .adam(let beta1, let beta2, let epsilon, weightDecay: 0) = training.optimizer else {
      throw .unusable("a mean field is trained by Adam without weight decay, not by \(training.optimizer)")
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
    return { means, examples, seed, control throws(TrainingError) in
      let prior = prior(of: model, means: means)
      let centres = centres(means)
      let deviations = initialDeviations(model)
      let form = estimator.form
      @Sendable func state() -> MeanFieldState<Float> {
        MeanFieldState(
          means: means, deviations: deviations, form: form, factors: prior.factors, centres: centres, beta1: beta1,
          beta2: beta2, epsilon: epsilon)
      }
      var configuration = training
      configuration.earlyStopping = nil
      let (annealing, rows) = (annealing(of: model), examples.count)
      let recipe = TrainingRecipe(
        identity: "variational \(family) \(start) \(initialSpread) \(annealing)", configuration: configuration,
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
      return (.meanField(rule.normal(trainer.vector)), trainer.result.state)
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
