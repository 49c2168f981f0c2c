//  DynamicsRule.swift — stochastic dynamics as the rule of a run.

import Arrays
import Datasets
import Training

/// The step of a chain: noise where its path says so, v and ξ learnt as its dynamics say.
final class DynamicsRule: UpdateRule {
  private let state: DynamicsState<Float>
  private let path: SamplingPath
  private let temperature: Double
  private let dataCount: Int

  init(_ dynamics: StochasticDynamics, path: SamplingPath, temperature: Double, extent: RunExtent) {
    state = DynamicsState(dynamics, count: extent.vectorCount)
    self.path = path
    self.temperature = temperature
    dataCount = extent.rows
  }

  func update(
    _ vector: UnsafeMutableBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>, at step: RunStep,
    pool: WorkerPool?
  ) {
    var adapts = true
    if case .preconditionedLangevin(_, _, isHeld: true) = state.dynamics {
      adapts = !path.samples(step: step.step, of: step.total)
    }
    state.step(
      parameters: vector, gradient: UnsafeBufferPointer(gradient), rate: step.rate,
      temperature: path.isNoisy(step: step.step, of: step.total) ? temperature : 0, dataCount: dataCount,
      key: step.key, adapts: adapts, pool: pool)
  }

  var saved: [String: StoredArray] {
    [
      "vector": StoredArray(DenseArray(Array(state.vector))), "friction": StoredArray(DenseArray([state.friction])),
    ]
  }

  func restore(_ saved: SavedArrays) throws(TrainingError) {
    _ = state.vector.update(fromContentsOf: try saved.floats("vector", count: state.vector.count))
    state.friction = try saved.doubles("friction", count: 1)[0]
  }
}
