//  MinibatchOrder.swift — which rows make each minibatch: a new permutation every epoch, a pure function of the seed.

import Arrays

/// The order in which an epoch visits the rows. Filled in place: an epoch allocates nothing.
struct MinibatchOrder {
  private let random: Philox
  private let original: [Int]
  private(set) var rows: [Int]

  /// - Parameter rows: The rows to visit: all of them, a part, or a resample with repetitions.
  init(rows: [Int], random: Philox) {
    original = rows
    self.rows = rows
    self.random = random
  }

  /// Puts the rows in the order of an epoch, by Fisher and Yates.
  mutating func shuffle(epoch: Int) {
    var random = random.substream(UInt64(epoch))
    for index in rows.indices { rows[index] = original[index] }
    for last in stride(from: rows.count - 1, to: 0, by: -1) {
      rows.swapAt(last, random.integer(below: last + 1))
    }
  }
}
