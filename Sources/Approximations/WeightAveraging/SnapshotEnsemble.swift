//  SnapshotEnsemble.swift — several modes from one run: the weights at the end of each cycle of the learning rate.
//
//  Notation   M cycles,  T steps in all
//
//  Equation   η(t) = ½ η₀ (1 + cos(π (t mod ⌈T/M⌉) / ⌈T/M⌉)), a snapshot where it is lowest         [Huang et al. 2017]
//
//  Cost       one training run for M members, which are nearer to each other than those of a `DeepEnsemble`. With a rate too
//             low to leave a valley they agree, and their disagreement says nothing.

import Arrays
public import Networks
import Optimization
public import Training

/// The weights at the ends of cycles, with equal weights.
public struct SnapshotEnsemble: InferenceMethod {
  public static let name = "snapshot"

  /// M. A run of few steps has fewer cycles, since all but the last have the same length.
  public var cycles: Int
  /// η₀.
  public var rate: Double
  /// Epochs, minibatches and optimiser; its schedule is replaced by the cycles.
  public var training: TrainingConfiguration

  /// Precondition: cycles ≥ 1.
  public init(cycles: Int = 5, rate: Double, training: TrainingConfiguration) {
    precondition(cycles >= 1, "a snapshot ensemble of \(cycles) cycles")
    self.cycles = cycles
    self.rate = rate
    self.training = training
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    guard training.earlyStopping == nil else {
      throw .unusable("a snapshot ensemble needs all of its cycles, which early stopping may cut off; leave it out")
    }
    let (p, q) = (model.parameterCount, model.network.stateCount)
    var configuration = training
    configuration.schedule = .cyclical(rate, cycles: cycles)
    var recipe = TrainingRecipe.mode(of: model, configuration)
    recipe.identity = "\(Self.name) \(cycles)"
    recipe.collector = { [cycles] extent in
      let length = (extent.steps + cycles - 1) / cycles
      let ends = stride(from: length, to: extent.steps + length, by: length).map { min($0, extent.steps) - 1 }
      return DrawCollector(steps: ends, parameterCount: p, stateCount: q)
    }
    let trainers = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)
    guard let collector = trainers[0].collector as? DrawCollector else {
      preconditionFailure("a run of cycles has the collector of its recipe")
    }
    let (rows, count) = (collector.rows, collector.count)
    return DrawsPosterior(
      model: model, draws: DenseArray(rows.draws, shape: [count, p]),
      states: DenseArray(rows.states, shape: [count, q]))
  }
}
