//  StochasticWeightAveraging.swift — the mean of the weights along the end of a training run.
//
//  Notation   θₙ the weights at the n-th look, see `AveragingPhase`
//
//  Equation   θ̄ = (1/n) Σ θₙ                                                            [Izmailov et al. 2018]
//
//  Steps of a constant or cyclical rate wander around the bottom of a wide valley; their mean lies nearer to its middle than any
//  of them. Statistics of batch normalisation belong to weights, and are computed anew for the mean.
//
//  Cost       a training run, one vector, and one pass over the data where there are statistics. A point, without width: for
//             the width that the path shows, `SWAG`.

import Arrays
public import Networks
public import Training

/// The average of weights.
public struct StochasticWeightAveraging: InferenceMethod {
  public static let name = "swa"

  public var training: TrainingConfiguration
  public var phase: AveragingPhase

  public init(training: TrainingConfiguration, phase: AveragingPhase) {
    self.training = training
    self.phase = phase
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    let recipe = try TrainingRecipe.averaging(model, training, phase, rank: 0)
    let trainers = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)
    guard let collector = trainers[0].collector as? MomentsCollector else {
      preconditionFailure("a run that averages has the collector of its recipe")
    }
    let mean = Array(collector.moments.mean)
    let pool = control.threads > 1 ? WorkerPool(threads: control.threads) : nil
    let state = recomputedStatistics(
      model, parameters: mean, examples: examples, batchSize: training.batchSize, pool: pool)
    return DrawsPosterior(
      model: model, draws: DenseArray(mean, shape: [1, mean.count]), states: DenseArray(state, shape: [1, state.count]))
  }
}
