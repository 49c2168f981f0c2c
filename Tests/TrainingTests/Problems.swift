//  Problems.swift — small data and models that several tests train.

import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Synchronization
import Training

enum Problems {
  /// A curve with noise. Inputs of shape [rows, 3], targets [rows].
  static func curve(rows: Int, seed: UInt64 = 1) -> Examples {
    var random = Philox(seed: seed)
    let inputs: DenseArray<Float> = random.normal(shape: [rows, 3])
    let targets = (0..<rows).map { row in
      sin(2 * inputs[row, 0]) + 0.5 * inputs[row, 1] + 0.1 * Float(random.normal())
    }
    return Examples(inputs: inputs, targets: DenseArray(targets))
  }

  /// Row n has the n-th unit vector as its input: what is learnt of one row says nothing of another.
  static func unrelatedRows(targets: [Float]) -> Examples {
    let count = targets.count
    let inputs = (0..<count * count).map { Float($0 / count == $0 % count ? 1 : 0) }
    return Examples(inputs: DenseArray(inputs, shape: [count, count]), targets: DenseArray(targets))
  }

  static let perceptron = BayesianModel(
    .multilayerPerceptron(inputs: 3, hidden: [12], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .learned))

  /// With running statistics and random numbers in the forward pass.
  static let normalisedWithDropout = BayesianModel(
    Network(inputs: 3) {
      Dense(12)
      BatchNormalization()
      Activation.relu
      Dropout(0.2)
      Dense(1)
    }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned))

  /// For `unrelatedRows`: weights that begin at zero, one a row.
  static func weightForEachRow(_ count: Int, noise: NoiseModel) -> BayesianModel {
    BayesianModel(
      Network(inputs: count) { Dense(1, bias: false, initialiser: .zeros) }, prior: .flat,
      likelihood: .gaussian(noise: noise))
  }
}

/// What a run says of itself, kept.
final class EventRecord: Sendable {
  private let kept = Mutex<[TrainingEvent]>([])

  var events: [TrainingEvent] { kept.withLock { $0 } }

  func append(_ event: TrainingEvent) { kept.withLock { $0.append(event) } }
}

/// A folder that does not exist yet, for one test.
func temporaryFolder() -> String {
  FileManager.default.temporaryDirectory.appending(path: "credence-\(UInt64.random(in: 0 ... .max))").path
}

/// A control that asks to stop after `epochs` epochs of any member.
func stopping(after epochs: Int, threads: Int = 1, checkpoint: CheckpointFolder? = nil) -> RunControl {
  let left = Atomic(epochs)
  return RunControl(
    threads: threads, checkpoint: checkpoint,
    shouldStop: { left.subtract(1, ordering: .sequentiallyConsistent).newValue <= 0 })
}
