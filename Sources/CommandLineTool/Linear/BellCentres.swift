//  BellCentres.swift — rows of the data that are spread over it, for bells to stand on.
//
//  One column: rows in order, evenly spaced, both ends among them. Several: the rows are halved again and again, at the median of the column
//  that varies most, each time in the cell of the greatest sum of squares; of each cell that row which is next to its mean. So bells stand
//  where rows are, and apart from each other.
//
//  Cost       N log N operations for each halving of a cell of N rows.

import Credence

struct BellCentres {
  /// Different rows, in order of their first column.
  let rows: [[Double]]

  /// - Parameter inputs: Shape [N, D].
  init(_ inputs: DenseArray<Double>) {
    let width = inputs.shape[1]
    var seen: Set<[Double]> = []
    rows = (0..<inputs.shape[0]).map { Array(inputs.elements[$0 * width..<($0 + 1) * width]) }
      .filter { seen.insert($0).inserted }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// So many of the rows. Precondition: there are as many.
  func centres(_ count: Int) -> [[Double]] {
    guard count > 0, let width = rows.first?.count else { return [] }
    if width == 1 {
      return (0..<count).map { rows[count == 1 ? (rows.count - 1) / 2 : $0 * (rows.count - 1) / (count - 1)] }
    }
    var cells = [Cell(rows)]
    while cells.count < count {
      let widest = cells.indices.filter { cells[$0].rows.count > 1 }.max { cells[$0].spread < cells[$1].spread }
      guard let widest else { break }
      let halves = cells.remove(at: widest).halves
      cells += [halves.0, halves.1]
    }
    return cells.map(\.centre)
  }

  /// Rows next to each other.
  private struct Cell {
    let rows: [[Double]]
    private let mean: [Double]
    /// Σ (x − mean)² of the column where that is greatest.
    let spread: Double
    private let widestColumn: Int

    /// Precondition: at least one row.
    init(_ rows: [[Double]]) {
      let columns = rows[0].indices
      let mean = columns.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
      let squares = columns.map { column in
        rows.reduce(0) { $0 + ($1[column] - mean[column]) * ($1[column] - mean[column]) }
      }
      let widest = squares.indices.max { squares[$0] < squares[$1] } ?? 0
      (self.rows, self.mean, spread, widestColumn) = (rows, mean, squares[widest], widest)
    }

    /// Below and above the median. Precondition: at least two rows.
    var halves: (Cell, Cell) {
      let sorted = rows.sorted { $0[widestColumn] < $1[widestColumn] }
      return (Cell(Array(sorted[..<(rows.count / 2)])), Cell(Array(sorted[(rows.count / 2)...])))
    }

    /// The row that is next to the mean.
    var centre: [Double] {
      func distance(_ row: [Double]) -> Double { zip(row, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
      return rows.min { distance($0) < distance($1) } ?? mean
    }
  }
}
