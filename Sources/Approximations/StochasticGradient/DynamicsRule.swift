//  DynamicsRule.swift — stochastic dynamics as the rule of a run.

import Arrays
import Datasets
import Optimization
import Training

/// The step of a chain: noise where its path says so, v and ξ learnt as its dynamics say, an optimiser on the way to modes.
final class DynamicsRule: UpdateRule {
  private let state: DynamicsState<Float>
  /// What leads to modes.
  private let guide: OptimizerRule?
  private let path: SamplingPath
  private let temperature: Double
  private let dataCount: Int
  /// Noisy steps since the chain began, or last left a mode.
  private var steps = 0

  init(_ dynamics: StochasticDynamics, path: SamplingPath, temperature: Double, extent: RunExtent) {
    state = DynamicsState(dynamics, count: extent.vectorCount)
    guide = path.guide.map { OptimizerRule($0, clipping: nil, count: extent.vectorCount) }
    self.path = path
    self.temperature = temperature
    dataCount = extent.rows
  }

  func update(
    _ vector: UnsafeMutableBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>, at step: RunStep,
    pool: WorkerPool?
  ) {
    if let guide {
      if path.beginsCycle(step: step.step, of: step.total) {
        // The chain of the cycle before has left the mode at which these were learnt.
        guide.restart()
        state.restart()
        steps = 0
      }
      if path.isGuided(step: step.step, of: step.total) {
        return guide.update(vector, gradient: gradient, at: step, pool: pool)
      }
    }
    var adapts = true
    if case .preconditionedLangevin(let decay, _, isHeld: true) = state.dynamics {
      // What is held has been learnt for as long as its average reaches back.
      let reach = Int((1 / (1 - decay)).rounded(.up))
      let keepsDraws = path.samples(step: step.step, of: step.total)
      if guide != nil, steps < reach, !keepsDraws {
        steps += 1
        return lookAround(vector, gradient, step, decay: decay, isLast: steps == reach)
      }
      adapts = steps < reach || guide == nil && !keepsDraws
    }
    steps += 1
    state.step(
      parameters: vector, gradient: UnsafeBufferPointer(gradient), rate: step.rate,
      temperature: path.isNoisy(step: step.step, of: step.total) ? temperature : 0, dataCount: dataCount,
      key: step.key, adapts: adapts, pool: pool)
  }

  /// v of a chain that stays at its mode. Were it learnt while the chain moves, without the term Γ, the chain would make for
  /// places where gradients are large.
  private func lookAround(
    _ vector: UnsafeMutableBufferPointer<Float>, _ gradient: UnsafeMutableBufferPointer<Float>, _ step: RunStep,
    decay: Double, isLast: Bool
  ) {
    state.step(
      parameters: vector, gradient: UnsafeBufferPointer(gradient), rate: 0, temperature: 0, dataCount: dataCount,
      key: step.key)
    if isLast { state.settle(after: steps, decay: decay) }
  }

  var saved: [String: StoredArray] {
    let own = [
      "vector": StoredArray(DenseArray(Array(state.vector))),
      "numbers": StoredArray(DenseArray([state.friction, state.floor, Double(steps)])),
    ]
    return own.merging(guide?.saved ?? [:]) { own, _ in own }
  }

  func restore(_ saved: SavedArrays) throws(TrainingError) {
    _ = state.vector.update(fromContentsOf: try saved.floats("vector", count: state.vector.count))
    let numbers = try saved.doubles("numbers", count: 3)
    guard let steps = Int(exactly: numbers[2]) else { throw saved.damaged }
    (state.friction, state.floor, self.steps) = (numbers[0], numbers[1], steps)
    try guide?.restore(saved)
  }
}
