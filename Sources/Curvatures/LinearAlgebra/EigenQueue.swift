//  EigenQueue.swift — several eigendecompositions side by side.

import Arrays
import Foundation
import Synchronization

/// Matrices that threads take one by one, the largest first.
struct EigenQueue<Element: Scalar>: ~Copyable, Sendable {
  private let matrices: [DenseArray<Element>]
  private let order: [Int]
  private let next = Atomic<Int>(0)
  private let results: Mutex<[Int: SymmetricEigen<Element>]>

  init(_ matrices: [DenseArray<Element>]) {
    self.matrices = matrices
    order = matrices.indices.sorted { matrices[$0].shape[0] > matrices[$1].shape[0] }
    results = Mutex([:])
  }

  func run(threads: Int) -> [SymmetricEigen<Element>] {
    // One matrix a thread is faster than two threads a matrix, and its bits do not depend on their number.
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, matrices.count))) { _ in
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard place < order.count else { return }
        let result = SymmetricEigen(matrices[order[place]])
        results.withLock { $0[order[place]] = result }
      }
    }
    return results.withLock { found in matrices.indices.compactMap { found[$0] } }
  }
}
