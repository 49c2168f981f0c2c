//  MaximumAPosteriori.swift — the point of comparison: one mode of the posterior, and none of its width.
//
//  Equation   θ* = argmax Σₙ log p(yₙ | xₙ, θ) + log p(θ);  maximum likelihood under a flat prior
//
//  Cost       one training run. When the interval matters, take an ensemble or another posterior: the prediction of a point
//             knows the noise of the data, but not what the data leave open.

import Arrays
public import Networks
public import Optimization
public import Training

/// The mode that training arrives at.
public struct MaximumAPosteriori: InferenceMethod {
  public static let name = "map"

  /// How the mode is searched for.
  public enum Search: Hashable, Sendable {
    case minibatches(TrainingConfiguration)
    /// All rows at once, in double precision, until the gradient vanishes. For small networks without dropout and batch
    /// normalisation; no rows are held back.
    case fullBatch(LimitedMemoryBFGS)
  }

  public var search: Search

  public init(training: TrainingConfiguration) { search = .minibatches(training) }

  public init(fullBatch: LimitedMemoryBFGS) { search = .fullBatch(fullBatch) }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    switch search {
    case .minibatches(let training):
      let trained = try train(model, on: examples, members: 1, training, seed: seed, control: control)
      return DrawsPosterior(model: model, draws: trained.parameters, states: trained.states)
    case .fullBatch(let search):
      let mode = try fullBatchMode(of: model, on: examples, search, seed: seed, control: control)
      return DrawsPosterior(
        model: model, draws: DenseArray(mode, shape: [1, mode.count]), states: DenseArray([], shape: [1, 0]))
    }
  }
}
