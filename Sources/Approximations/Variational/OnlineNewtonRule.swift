//  OnlineNewtonRule.swift — the step of the variational online Newton method as a part of a run.

import Arrays
import Datasets
import Optimization
import Programs
import Training

/// Moves means and curvatures, and draws the weights of the next step.
final class OnlineNewtonRule: UpdateRule {
  private let state: OnlineNewtonState<Float>

  init(_ state: OnlineNewtonState<Float>) { self.state = state }

  /// Points follow Adam, whose rates are about a tenth of those of gradient descent.
  private static let pointShare = 0.1

  func update(
    _ vector: UnsafeMutableBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>, at step: RunStep,
    pool: WorkerPool?
  ) {
    let next = MeanFieldKey(
      seed: step.key.seed, stream: step.key.stream, step: step.key.step + 1, site: MeanFieldSite.weights)
    state.step(
      vector, gradient: gradient, rate: step.rate, pointRate: Self.pointShare * step.rate, next: next, pool: pool)
  }

  /// μ and σ. Shapes [P].
  var normal: MeanFieldNormal {
    MeanFieldNormal(means: DenseArray(Array(state.mean)), deviations: DenseArray(state.deviations))
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
