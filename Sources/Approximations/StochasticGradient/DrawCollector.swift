//  DrawCollector.swift — keeps the parameters after chosen steps, in memory or in a file.

import Arrays
import Datasets
import Training

/// The draws of one run.
final class DrawCollector: Collector {
  /// Steps after which a draw is kept, ascending.
  private let steps: [Int]
  private let parameterCount: Int
  private let stateCount: Int
  /// The rows, unless they go to the file. Shapes [S, P] and [S, Q].
  private let draws: UnsafeMutableBufferPointer<Float>
  private let states: UnsafeMutableBufferPointer<Float>
  let file: DrawFile?
  /// Draws kept so far.
  private(set) var count = 0
  private(set) var failure: TrainingError?

  init(steps: [Int], parameterCount: Int, stateCount: Int, file: DrawFile? = nil) {
    self.steps = steps
    self.parameterCount = parameterCount
    self.stateCount = stateCount
    self.file = file
    let rows = file == nil ? steps.count : 0
    draws = .allocate(capacity: rows * parameterCount)
    draws.initialize(repeating: 0)
    states = .allocate(capacity: rows * stateCount)
    states.initialize(repeating: 0)
  }

  deinit {
    draws.deallocate()
    states.deallocate()
  }

  func collect(
    _ vector: UnsafeBufferPointer<Float>, state: UnsafeBufferPointer<Float>, after step: RunStep, pool: WorkerPool?
  ) {
    guard failure == nil, count < steps.count, steps[count] == step.step else { return }
    if let file {
      do {
        try file.write(count, vector, state)
      } catch {
        failure = error
        return
      }
    } else {
      copy(vector, to: draws, row: count)
      copy(state, to: states, row: count)
    }
    count += 1
    if let file, count == steps.count {
      do { try file.finish() } catch { failure = error }
    }
  }

  private func copy(_ row: UnsafeBufferPointer<Float>, to matrix: UnsafeMutableBufferPointer<Float>, row index: Int) {
    guard let source = row.baseAddress, let target = matrix.baseAddress else { return }
    (target + index * row.count).update(from: source, count: row.count)
  }

  /// The draws in memory. Shapes [S, P] and [S, Q].
  var rows: (draws: [Float], states: [Float]) { (Array(draws), Array(states)) }

  var saved: [String: StoredArray] {
    var arrays = ["count": StoredArray([count])]
    if let file {
      // A file that cannot be read now is not the one that was hashed later either.
      arrays["checksum"] = StoredArray([(try? file.checksum(count)) ?? 0])
    } else {
      arrays["draws"] = StoredArray(DenseArray(Array(draws[..<(count * parameterCount)])))
      arrays["states"] = StoredArray(DenseArray(Array(states[..<(count * stateCount)])))
    }
    return arrays
  }

  func restore(_ saved: SavedArrays) throws(TrainingError) {
    count = try saved.integers("count", count: 1)[0]
    guard count <= steps.count else { throw saved.damaged }
    if let file {
      guard try saved.integers("checksum", count: 1)[0] == file.checksum(count) else { throw saved.damaged }
      if count == steps.count { try file.finish() }
    } else {
      _ = draws.update(fromContentsOf: try saved.floats("draws", count: count * parameterCount))
      _ = states.update(fromContentsOf: try saved.floats("states", count: count * stateCount))
    }
  }
}
