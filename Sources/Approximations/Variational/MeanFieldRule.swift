//  MeanFieldRule.swift — the step of mean-field variational inference as a part of a run.

import Arrays
import Datasets
import Optimization
import Programs
import Training

/// Moves means and spreads, and writes what the network reads in the next step.
final class MeanFieldRule: UpdateRule {
  private let state: MeanFieldState<Float>
  private let annealing: DivergenceAnnealing
  /// N.
  private let rows: Int

  init(_ state: MeanFieldState<Float>, annealing: DivergenceAnnealing, rows: Int) {
    self.state = state
    self.annealing = annealing
    self.rows = rows
  }

  func update(
    _ vector: UnsafeMutableBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>, at step: RunStep,
    pool: WorkerPool?
  ) {
    let next = MeanFieldKey(
      seed: step.key.seed, stream: step.key.stream, step: step.key.step + 1, site: MeanFieldSite.weights)
    state.step(
      vector, gradient: gradient, rate: step.rate, spreadRate: step.rate,
      weight: annealing.weight(step: step.step, of: step.total) / Double(rows), next: next, pool: pool)
  }

  /// μ and σ. Shapes [P].
  func normal(_ vector: UnsafeMutableBufferPointer<Float>) -> MeanFieldNormal {
    MeanFieldNormal(means: DenseArray(Array(state.mean(vector))), deviations: DenseArray(state.deviations))
  }

  var saved: [String: StoredArray] {
    var arrays = ["steps": StoredArray([state.stepCount])]
    for (name, memory) in state.slots { arrays[name] = StoredArray(DenseArray(Array(memory))) }
    return arrays
  }

  func restore(_ saved: SavedArrays) throws(TrainingError) {
    for (name, memory) in state.slots {
      _ = memory.update(fromContentsOf: try saved.floats(name, count: memory.count))
    }
    state.resume(stepCount: try saved.integers("steps", count: 1)[0])
  }
}
