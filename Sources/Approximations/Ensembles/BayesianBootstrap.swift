//  BayesianBootstrap.swift — each member sees all rows, with random weights.                              [Rubin 1981]
//
//  Notation   N  rows     wₙ  the weight of row n in one member
//
//  Equations  (1) w = N g / Σ g,  gₙ independent, exponential: w / N is Dirichlet(1, …, 1), Σ w = N
//             (2) θ* = argmax Σₙ wₙ log p(yₙ | xₙ, θ) + log p(θ)                              [Newton and Raftery 1994]
//
//  A smooth relative of bagging: weights of every size instead of whole numbers, and no row is left out altogether.
//
//  Cost       as of a deep ensemble.

public import Arrays
import Foundation
public import Networks
import Probability
import Programs
public import Training

/// An ensemble of modes under random weights of the rows.
public struct BayesianBootstrap: InferenceMethod {
  public static let name = "bootstrap"

  /// M.
  public var members: Int
  public var training: TrainingConfiguration

  /// Precondition: members ≥ 1.
  public init(members: Int = 5, training: TrainingConfiguration) {
    precondition(members >= 1, "an ensemble of \(members) members")
    self.members = members
    self.training = training
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    var recipe = TrainingRecipe.mode(of: model, training)
    recipe.identity = "bootstrap"
    recipe.rowNumbers = RowNumbers { _, count, random in Self.weights(count, using: &random) }
    recipe.objective = TrainingObjective(count: model.parameterCount) { a in
      let outputs = model.outputs(a.vector, a.inputs, state: a.state, mode: .training)
      let densities = model.likelihood.logDensity(
        outputs: outputs.outputs, targets: a.targets, logNoise: model.logNoise(a.vector))
      let loss = (densities * a.rowNumbers).mean() * -1
      let objective = loss - model.logPrior(a.vector) * (1 / Double(a.dataCount))  // (2)
      return TrainingObjective.Results(
        loss: loss, gradient: gradient(of: objective, withRespectTo: a.vector), state: outputs.state)
    }
    return DrawsPosterior(
      model: model, try train(model, on: examples, recipe, members: members, seed: seed, control: control))
  }

  /// The weights (1) of `count` rows.
  public static func weights(_ count: Int, using random: inout Philox) -> [Float] {
    let draws = (0..<count).map { _ in -log(random.uniform()) }
    let sum = draws.reduce(0, +)
    return draws.map { Float($0 * Double(count) / sum) }
  }
}

extension DrawsPosterior {
  /// Members whose vector begins with θ.
  init(model: BayesianModel, _ trainers: [NetworkTrainer]) {
    let results = trainers.map(\.result)
    self.init(
      model: model,
      draws: DenseArray(
        results.flatMap { $0.vector.prefix(model.parameterCount) }, shape: [trainers.count, model.parameterCount]),
      states: DenseArray(results.flatMap(\.state), shape: [trainers.count, model.network.stateCount]))
  }
}
