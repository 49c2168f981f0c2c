//  SavedArrays.swift — the arrays of a checkpoint, each checked as it is taken out.

import Arrays
import Datasets

/// What a run or a part of it remembered.
package struct SavedArrays {
  private let arrays: [String: StoredArray]
  private let path: String
  private let prefix: String

  init(_ arrays: [String: StoredArray], path: String, prefix: String = "") {
    self.arrays = arrays
    self.path = path
    self.prefix = prefix
  }

  /// What a part remembered.
  func part(_ name: String) -> SavedArrays { SavedArrays(arrays, path: path, prefix: prefix + name + ".") }

  package func contains(_ name: String) -> Bool { arrays[prefix + name] != nil }

  /// Throws: `TrainingError.damagedCheckpoint` unless there are `count` numbers of that name.
  package func floats(_ name: String, count: Int) throws(TrainingError) -> [Float] {
    guard let array = arrays[prefix + name], array.kind == .float32, array.count == count else {
      throw .damagedCheckpoint(path: path)
    }
    return array.converted(to: Float.self).elements
  }

  /// Throws: `TrainingError.damagedCheckpoint` unless there are `count` numbers of that name.
  package func doubles(_ name: String, count: Int) throws(TrainingError) -> [Double] {
    guard let array = arrays[prefix + name], array.kind == .float64, array.count == count else {
      throw .damagedCheckpoint(path: path)
    }
    return array.converted(to: Double.self).elements
  }

  /// Throws: `TrainingError.damagedCheckpoint` unless there are `count` integers ≥ 0 of that name.
  package func integers(_ name: String, count: Int) throws(TrainingError) -> [Int] {
    guard let numbers = arrays[prefix + name]?.integers(), numbers.count == count, numbers.allSatisfy({ $0 >= 0 })
    else { throw .damagedCheckpoint(path: path) }
    return numbers
  }

  /// For what a part finds wrong itself.
  package var damaged: TrainingError { .damagedCheckpoint(path: path) }
}
