//  CheapApproximation.swift — approximations whose fit takes a moment, so that a chain of fits can be run.

import Approximations
import Arrays
import Evaluation
import Optimization
import Training

/// So many draws given data.
struct CheapApproximation: Sendable {
  let draws: @Sendable (LinearGaussianSimulation, Examples, _ count: Int, _ seed: UInt64) throws -> DenseArray<Float>

  private static let control = RunControl(threads: 1)

  /// Whole batches down to the mode of a quadratic. The curvature of the mean loss is 2.9 where the data say much, and 0.13 to 0.6 elsewhere.
  private static func descent(_ simulation: LinearGaussianSimulation) -> TrainingConfiguration {
    TrainingConfiguration(
      epochs: 60, batchSize: 8, optimizer: .sgd(), schedule: .constant(simulation.noise < 1 ? 0.3 : 1.5))
  }

  /// - Parameters:
  ///   - priorScale: What the model believes; 1 is right.
  ///   - widening: What the distance from the mode is multiplied with; 1 is right.
  static func laplace(
    _ structure: LaplaceStructure, priorScale: Double = 1, widening: Float = 1
  ) -> CheapApproximation {
    CheapApproximation { simulation, examples, count, seed in
      let posterior = try Laplace(structure, tuning: .fixed, training: descent(simulation))
        .fit(simulation.model(scale: priorScale), to: examples, seed: seed, control: control)
      let draws = posterior.sample(count, seed: seed).draws
      let mode = posterior.mode.elements
      return DenseArray(
        draws.elements.enumerated().map { mode[$0 % 3] + widening * ($1 - mode[$0 % 3]) }, shape: draws.shape)
    }
  }

  static func anchored(perturbsTargets: Bool = true) -> CheapApproximation {
    CheapApproximation { simulation, examples, count, seed in
      try AnchoredEnsemble(members: count, perturbsTargets: perturbsTargets, training: descent(simulation))
        .fit(simulation.model, to: examples, seed: seed, control: control).draws
    }
  }

  static func fullRank(epochs: Int) -> CheapApproximation {
    CheapApproximation { simulation, examples, count, seed in
      try VariationalInference(
        family: .fullRank,
        training: TrainingConfiguration(epochs: epochs, batchSize: 8, optimizer: .adam(), schedule: .cosine(0.1))
      ).fit(simulation.model, to: examples, seed: seed, control: control).sample(count, seed: seed).draws
    }
  }

  func ranks(
    on simulation: LinearGaussianSimulation, repetitions: UInt64 = 200, scale: Double = 1
  ) throws -> [RankHistogram] {
    try simulation.ranks(repetitions: repetitions, scale: scale) { try draws(simulation, $0, 31, $1) }
  }

  func jointScore(on simulation: LinearGaussianSimulation, steps: Int = 200) throws -> Double {
    try simulation.jointScore(steps: steps) { try draws(simulation, $0, 1, $1).elements }
  }
}
