//  Step.swift — the steps of a plan: what runs, on which memory.

import Arrays

enum Step: Sendable {
  case fused(FusedKernel)
  case product(Product)
  case copy(from: View, to: View)
  case fill(Double, View)
  /// [outer, middle, inner] → [outer, inner].
  case reduce(Reduction, from: View, to: View, outer: Int, middle: Int, inner: Int)
  case rows(RowFunction, Rows)
  /// `rows` rows of `columns`, from or into a table of `tableRows`.
  case gatherRows(table: View, indices: View, to: View, rows: Int, columns: Int, tableRows: Int)
  case scatterAddRows(indices: View, updates: View, to: View, rows: Int, columns: Int, tableRows: Int)
  case window(WindowFunction, Windowed)
  case cholesky(from: View, to: View, n: Int)
  case triangularSolve(factor: View, right: View, to: View, n: Int, columns: Int, transposed: Bool)
  case lowerTriangle(from: View, to: View, n: Int)
  case blocks(RowBlocks)

  /// Row by row over [rows, columns].
  enum RowFunction: Sendable { case softmax, logSumExp, crossEntropy }

  struct Rows: Sendable {
    var x: View
    var labels: View?
    var out: View
    var rows: Int
    var columns: Int
  }

  enum WindowFunction: Sendable {
    case convolution, convolutionInputGradient, convolutionWeightGradient, maxPool, maxPoolScatter, maxPoolGather
  }

  struct Windowed: Sendable {
    var a: View
    var b: View?
    var out: View
    /// [N, C, H, W] of the images and of what the windows give.
    var images: Shape
    var results: Shape
    var window: Window
  }

  /// `batch` products of a [m, k] and b [k, n]; C = activation(A B + bias), with a bias for each column or for each row.
  struct Product: Sendable {
    var a: View
    var b: View
    var bias: View?
    var biasOfRows = false
    var activation: UnaryFunction?
    /// Y, which lies as C does: C = A B (1 − Y²).
    var slope: View?
    var out: View
    var batch: Int
    var m: Int
    var n: Int
    var k: Int
    var strides: (out: Int, a: Int, b: Int)
  }
}

extension Step {
  /// The memory that the step reads.
  var reads: [View] {
    switch self {
    case .fused(let kernel):
      kernel.lines.compactMap { line in
        switch line.operation {
        case .direct(let view), .load(let view), .spread(let view): view
        default: nil
        }
      }
    case .product(let p): [p.a, p.b] + [p.bias, p.slope].compactMap(\.self)
    case .copy(let from, _), .reduce(_, let from, _, _, _, _), .cholesky(let from, _, _),
      .lowerTriangle(let from, _, _):
      [from]
    case .fill: []
    case .rows(_, let rows): [rows.x] + (rows.labels.map { [$0] } ?? [])
    case .gatherRows(let table, let indices, _, _, _, _): [table, indices]
    case .scatterAddRows(let indices, let updates, _, _, _, _): [indices, updates]
    case .window(_, let w): [w.a] + (w.b.map { [$0] } ?? [])
    case .triangularSolve(let factor, let right, _, _, _, _): [factor, right]
    case .blocks(let blocks): blocks.reads
    }
  }

  /// The memory that the step writes.
  var writes: [View] {
    switch self {
    case .fused(let kernel):
      kernel.lines.compactMap { line in
        if case .reduce(_, _, let into) = line.operation { return into }
        return line.store
      }
    case .product(let p): [p.out]
    case .copy(_, let to), .fill(_, let to), .reduce(_, _, let to, _, _, _), .cholesky(_, let to, _),
      .lowerTriangle(_, let to, _):
      [to]
    case .rows(_, let rows): [rows.out]
    case .gatherRows(_, _, let to, _, _, _), .scatterAddRows(_, _, let to, _, _, _): [to]
    case .window(_, let w): [w.out]
    case .triangularSolve(_, _, let to, _, _, _): [to]
    case .blocks(let blocks): blocks.writes
    }
  }

  /// The same step on other memory.
  func mapViews(_ place: (View) -> View) -> Step {
    switch self {
    case .fused(var kernel):
      for index in kernel.lines.indices {
        switch kernel.lines[index].operation {
        case .direct(let view): kernel.lines[index].operation = .direct(place(view))
        case .load(let view): kernel.lines[index].operation = .load(place(view))
        case .spread(let view): kernel.lines[index].operation = .spread(place(view))
        case .reduce(let reduction, let x, let into):
          kernel.lines[index].operation = .reduce(reduction, x, into: place(into))
        default: break
        }
        kernel.lines[index].store = kernel.lines[index].store.map(place)
      }
      return .fused(kernel)
    case .product(var p):
      p.a = place(p.a)
      p.b = place(p.b)
      p.bias = p.bias.map(place)
      p.slope = p.slope.map(place)
      p.out = place(p.out)
      return .product(p)
    case .copy(let from, let to): return .copy(from: place(from), to: place(to))
    case .fill(let value, let to): return .fill(value, place(to))
    case .reduce(let reduction, let from, let to, let outer, let middle, let inner):
      return .reduce(reduction, from: place(from), to: place(to), outer: outer, middle: middle, inner: inner)
    case .rows(let function, var rows):
      rows.x = place(rows.x)
      rows.labels = rows.labels.map(place)
      rows.out = place(rows.out)
      return .rows(function, rows)
    case .gatherRows(let table, let indices, let to, let rows, let columns, let tableRows):
      return .gatherRows(
        table: place(table), indices: place(indices), to: place(to), rows: rows, columns: columns, tableRows: tableRows)
    case .scatterAddRows(let indices, let updates, let to, let rows, let columns, let tableRows):
      return .scatterAddRows(
        indices: place(indices), updates: place(updates), to: place(to), rows: rows, columns: columns,
        tableRows: tableRows)
    case .window(let function, var w):
      w.a = place(w.a)
      w.b = w.b.map(place)
      w.out = place(w.out)
      return .window(function, w)
    case .cholesky(let from, let to, let n): return .cholesky(from: place(from), to: place(to), n: n)
    case .triangularSolve(let factor, let right, let to, let n, let columns, let transposed):
      return .triangularSolve(
        factor: place(factor), right: place(right), to: place(to), n: n, columns: columns, transposed: transposed)
    case .lowerTriangle(let from, let to, let n): return .lowerTriangle(from: place(from), to: place(to), n: n)
    case .blocks(let blocks): return .blocks(blocks.mapViews(place))
    }
  }
}
