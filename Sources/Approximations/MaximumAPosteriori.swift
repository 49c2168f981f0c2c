//  MaximumAPosteriori.swift — the point of comparison: one mode of the posterior, and none of its width.
//
//  Equation   θ* = argmax Σₙ log p(yₙ | xₙ, θ) + log p(θ);  maximum likelihood under a flat prior
//
//  Cost       one training run. When the interval matters, take an ensemble or another posterior: the prediction of a point
//             knows the noise of the data, but not what the data leave open.

public import Networks
public import Training

/// The mode that training arrives at.
public struct MaximumAPosteriori: InferenceMethod {
  public static let name = "map"

  public var training: TrainingConfiguration

  public init(training: TrainingConfiguration) { self.training = training }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    let trained = try train(model, on: examples, members: 1, training, seed: seed, control: control)
    return DrawsPosterior(model: model, draws: trained.parameters, states: trained.states)
  }
}
