//  ControlVariate.swift — less noise in minibatch gradients, by what is known of the gradient nearby.
//
//  Notation   g_B(v)  the gradient of a minibatch     g(v)  that of all rows     a  an anchor, a vector like v
//
//  Equation   (1) g_B(v) − g_B(a) + g(a)       unbiased; its noise vanishes as v nears a
//
//  With an anchor that follows the run this is SVRG-LD [Dubey et al. 2016]; with one at a mode, SGLD-CV [Baker et al. 2019].
//
//  Cost       a second gradient a step, and a pass over the data for each anchor; three vectors. Worth it where minibatch
//             noise limits the step size, as with small batches near a mode, and not far away from the anchor.

import Arrays
import Datasets

/// Where the anchor is.
package enum ControlVariate: Hashable, Sendable {
  /// The vector at the beginning of every so many epochs.
  case everyEpochs(Int)
  /// A given vector, such as a mode. Shape [V].
  case fixed([Float])
}

/// The anchor of a run, and the gradient of all rows there.
final class AnchoredGradient {
  private let variate: ControlVariate
  private let anchor: UnsafeMutableBufferPointer<Float>
  private let full: UnsafeMutableBufferPointer<Float>
  private let scratch: UnsafeMutableBufferPointer<Float>
  /// Whether `anchor` and `full` are set.
  private var isSet = false

  init(_ variate: ControlVariate, count: Int) {
    self.variate = variate
    anchor = .allocate(capacity: count)
    full = .allocate(capacity: count)
    scratch = .allocate(capacity: count)
    for vector in [anchor, full, scratch] { vector.initialize(repeating: 0) }
    if case .fixed(let vector) = variate {
      precondition(vector.count == count, "an anchor of \(vector.count) entries for a vector of \(count)")
      _ = anchor.update(fromContentsOf: vector)
    }
  }

  deinit { for vector in [anchor, full, scratch] { vector.deallocate() } }

  /// Whether the anchor moves, or is needed for the first time, at the beginning of this epoch.
  func isDue(epoch: Int) -> Bool {
    guard case .everyEpochs(let epochs) = variate else { return !isSet }
    return !isSet || epoch % max(epochs, 1) == 0
  }

  /// Sets the anchor. `evaluate` runs over all rows in minibatches, and is given where to read the vector and a closure
  /// that takes the gradient of each minibatch with its share of the rows.
  func move(
    to vector: UnsafeMutableBufferPointer<Float>,
    evaluate: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>, (Float) -> Void) -> Void
  ) {
    if case .everyEpochs = variate { _ = anchor.update(fromContentsOf: vector) }
    full.update(repeating: 0)
    let (full, scratch) = (full, scratch)
    evaluate(UnsafeBufferPointer(anchor), scratch) { share in
      for index in full.indices { full[index] += share * scratch[index] }
    }
    isSet = true
  }

  /// Equation (1), in place. `batch` has just evaluated the minibatch at the vector itself.
  func correct(
    _ gradient: UnsafeMutableBufferPointer<Float>, of batch: BatchGradient, owner: BatchGradient, at step: RunStep
  ) {
    batch.evaluate(at: UnsafeBufferPointer(anchor), gradient: scratch, key: step.key, owner: owner)
    let (full, scratch) = (full, scratch)
    for index in gradient.indices { gradient[index] += full[index] - scratch[index] }
  }

  var saved: [String: StoredArray] {
    guard isSet else { return [:] }
    return ["anchor": StoredArray(DenseArray(Array(anchor))), "full": StoredArray(DenseArray(Array(full)))]
  }

  func restore(_ saved: SavedArrays) throws(TrainingError) {
    isSet = saved.contains("anchor")
    guard isSet else { return }
    _ = anchor.update(fromContentsOf: try saved.floats("anchor", count: anchor.count))
    _ = full.update(fromContentsOf: try saved.floats("full", count: full.count))
  }
}
