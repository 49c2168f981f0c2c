//  SecondMoments.swift — sums of outer products, Σ x xᵀ over many rows: what Kronecker factors and dense curvatures are.

import Arrays
import CKernels

/// Several sums of outer products side by side.
///
/// Used by one thread at a time.
final class SecondMoments<Element: Scalar> {
  private let widths: [Int]
  private let sums: [UnsafeMutableBufferPointer<Element>]
  private let workspace: UnsafeMutableRawPointer
  private let pool: WorkerPool?
  private var jobs: [credence_gram] = []

  init(widths: [Int], pool: WorkerPool?) {
    precondition(widths.count <= Int(CREDENCE_MAX_GRAMS), "\(widths.count) sums of outer products at once")
    self.widths = widths
    self.pool = pool
    sums = widths.map { width in
      let sum = UnsafeMutableBufferPointer<Element>.allocate(capacity: width * width)
      sum.initialize(repeating: 0)
      return sum
    }
    let count = credence_gram_workspace(Self.isDouble) * (pool?.threadCount ?? 1)
    workspace = .allocate(byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    jobs.reserveCapacity(widths.count)
  }

  deinit {
    for sum in sums { sum.deallocate() }
    workspace.deallocate()
  }

  private static var isDouble: Bool { Element.self == Double.self }

  /// Adds Σ x xᵀ over the rows of each matrix. `rows[i]` has shape [any, widths[i]].
  func add(_ rows: [UnsafeMutableBufferPointer<Element>]) {
    precondition(rows.count == widths.count, "\(rows.count) matrices for \(widths.count) sums")
    jobs.removeAll(keepingCapacity: true)
    for (index, width) in widths.enumerated() where width > 0 {
      jobs.append(
        credence_gram(
          rows: rows[index].count / width, columns: width, x: UnsafeRawPointer(rows[index].baseAddress),
          sum: UnsafeMutableRawPointer(sums[index].baseAddress)))
    }
    credence_gram_run(jobs, jobs.count, Self.isDouble, workspace, pool?.raw)
  }

  /// The sum number `index`, times `factor`. Shape [width, width], symmetric.
  func total(_ index: Int, times factor: Double) -> DenseArray<Element> {
    let (width, sum, factor) = (widths[index], sums[index], Element(factor))
    var full = DenseArray<Element>(repeating: 0, shape: [width, width])
    full.withUnsafeMutableElements { full in
      for row in 0..<width {
        for column in 0...row {
          let value = sum[row * width + column] * factor
          full[row * width + column] = value
          full[column * width + row] = value
        }
      }
    }
    return full
  }
}
