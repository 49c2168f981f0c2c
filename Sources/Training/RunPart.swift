//  RunPart.swift — the parts of a run that differ between methods: what a step does, and what is collected on the way.
//
//  `NetworkTrainer` knows data, minibatches, gradients and the place in the run. A rule turns a gradient into a step: that of an
//  optimiser, or of a sampler that adds noise. A collector looks at where a step has led: it averages, or keeps draws.
//  Both are remembered in checkpoints, so that a run in pieces gives the bits of a run in one.

package import Arrays
package import Datasets
package import Optimization
package import Programs

/// A step of a run.
package struct RunStep: Sendable {
  /// Steps done before this one, of how many.
  package let step: Int
  package let total: Int
  /// Epochs done before this one, of how many.
  package let epoch: Int
  package let epochCount: Int
  /// Whether this is the last step of its epoch.
  package let endsEpoch: Bool
  /// The learning rate of this step.
  package let rate: Double
  /// What randomness of this step is a function of.
  package let key: RandomKey
}

/// The extent of a run, for parts that depend on it.
package struct RunExtent: Sendable {
  package let member: Int
  /// N, the rows that are trained on.
  package let rows: Int
  package let stepsPerEpoch: Int
  package let epochs: Int
  /// V and Q.
  package let vectorCount: Int
  package let stateCount: Int

  package var steps: Int { stepsPerEpoch * epochs }
}

/// A part of a run that is remembered in checkpoints.
package protocol RunPart: AnyObject {
  /// What the run needs to go on, by name.
  var saved: [String: StoredArray] { get }
  /// Becomes what it was when `saved` was read.
  func restore(_ saved: SavedArrays) throws(TrainingError)
}

/// What one step does with the vector and its gradient.
package protocol UpdateRule: RunPart {
  /// Moves the vector once. Allocates nothing; gives the same bits for any pool. The gradient may be overwritten.
  func update(
    _ vector: UnsafeMutableBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>, at step: RunStep,
    pool: WorkerPool?)
}

/// What is collected on the way.
package protocol Collector: RunPart {
  /// Looks at the vector and the running statistics that a step has led to. Called after every step.
  func collect(
    _ vector: UnsafeBufferPointer<Float>, state: UnsafeBufferPointer<Float>, after step: RunStep, pool: WorkerPool?)
  /// Why collecting failed, asked at the ends of epochs.
  var failure: TrainingError? { get }
}

extension Collector {
  package var failure: TrainingError? { nil }
}

/// The step of an optimiser on the first entries of the vector, usually all.
package final class OptimizerRule: UpdateRule {
  private let clipping: GradientClipping?
  private var optimizer: OptimizerState<Float>

  package init(_ optimizer: Optimizer, clipping: GradientClipping?, count: Int) {
    self.clipping = clipping
    self.optimizer = OptimizerState(optimizer, count: count)
  }

  /// The optimiser of a configuration on the first `count` entries.
  package convenience init(_ configuration: TrainingConfiguration, count: Int) {
    self.init(configuration.optimizer, clipping: configuration.clipping, count: count)
  }

  package func update(
    _ vector: UnsafeMutableBufferPointer<Float>, gradient: UnsafeMutableBufferPointer<Float>, at step: RunStep,
    pool: WorkerPool?
  ) {
    let moved = UnsafeMutableBufferPointer(rebasing: vector[..<optimizer.count])
    let slope = UnsafeMutableBufferPointer(rebasing: gradient[..<optimizer.count])
    clipping?.apply(to: slope)
    optimizer.step(parameters: moved, gradient: UnsafeBufferPointer(slope), learningRate: step.rate, pool: pool)
  }

  /// Forgets all steps.
  package func restart() { optimizer.restart() }

  package var saved: [String: StoredArray] {
    var arrays = ["steps": StoredArray([optimizer.stepCount])]
    for (name, slot) in optimizer.slots { arrays[name] = StoredArray(slot) }
    return arrays
  }

  package func restore(_ saved: SavedArrays) throws(TrainingError) {
    var slots: [(name: String, array: DenseArray<Float>)] = []
    for (name, array) in optimizer.slots {
      slots.append((name, DenseArray(try saved.floats(name, count: array.count))))
    }
    let steps = try saved.integers("steps", count: 1)[0]
    optimizer = OptimizerState(optimizer.optimizer, count: optimizer.count, slots: slots, stepCount: steps)
  }
}
