//  RowStep.swift — what a step does to the rows of the data: which of its views have them along which axis.

import Arrays

/// A step that can be run for a block of rows.
struct RowStep {
  /// A view that is read, with the axis along which the rows of the data lie; `nil` if it is the same for all rows.
  struct Read {
    let view: View
    let rowAxis: Int?
  }

  private let step: Step
  private let isSum: Bool
  private(set) var reads: [Read] = []
  /// The values with a row for each row of the data, and the elements of one.
  private(set) var rowWrites: [(buffer: Int, width: Int)] = []
  private(set) var work = 0.0

  var writes: [View] { step.writes }
  var sumWrites: [Int] {
    if isSum { return step.writes.map(\.buffer) }
    guard case .fused(let kernel) = step else { return [] }
    return kernel.totals.map(\.buffer)
  }
  /// Whether each result is written where nothing is read any more but the elements that it is made of.
  var isElementwise: Bool {
    guard case .fused(let kernel) = step else { return false }
    return kernel.readsBeforeItWrites
  }
  var isProduct: Bool { if case .product = step { true } else { false } }

  /// The rows of the data that the step seems to be about.
  static func rowCount(_ step: Step) -> Int? {
    switch step {
    case .product(let p) where p.batch == 1: max(p.m, p.k)
    case .fused(let kernel): kernel.iteration.extents.first
    case .rows(_, let rows): rows.rows
    default: nil
    }
  }

  /// `nil` if the step cannot be run for a part of `rowCount` rows.
  init?(_ step: Step, rowCount: Int) {
    self.step = step
    switch step {
    case .fused(let kernel):
      isSum = false
      guard kernel.iteration.extents.first == rowCount else { return nil }
      let width = kernel.iteration.extents.dropFirst().reduce(1, *)
      for line in kernel.lines {
        switch line.operation {
        case .direct(let view), .load(let view):
          guard view.extents.first == rowCount else { return nil }
          reads.append(Read(view: view, rowAxis: 0))
        case .spread(let view): reads.append(Read(view: view, rowAxis: nil))
        case .reduce(.maximum, _, _): return nil
        default: break
        }
        if let store = line.store {
          guard store.extents.first == rowCount else { return nil }
          rowWrites.append((store.buffer, width))
        }
      }
      work = Double(kernel.count * kernel.lines.count)
    case .product(let p) where p.batch == 1 && p.m == rowCount && p.k != rowCount:
      isSum = false
      guard p.out.extents.first == rowCount, p.out.isContiguous else { return nil }
      reads = [Read(view: p.a, rowAxis: 0), Read(view: p.b, rowAxis: nil)]
      if let bias = p.bias { reads.append(Read(view: bias, rowAxis: nil)) }
      if let slope = p.slope { reads.append(Read(view: slope, rowAxis: 0)) }
      rowWrites = [(p.out.buffer, p.n)]
      work = Double(p.m) * Double(p.n) * Double(p.k)
    case .product(let p) where p.batch == 1 && p.k == rowCount && p.m != rowCount && p.n != rowCount:
      isSum = true
      guard p.bias == nil, p.activation == nil, p.slope == nil, p.out.isContiguous else { return nil }
      reads = [Read(view: p.a, rowAxis: 1), Read(view: p.b, rowAxis: 0)]
      work = Double(p.m) * Double(p.n) * Double(p.k)
    case .reduce(.sum, let from, let to, outer: 1, middle: rowCount, let inner):
      isSum = true
      guard from.extents.first == rowCount, to.isContiguous else { return nil }
      reads = [Read(view: from, rowAxis: 0)]
      work = Double(rowCount * inner)
    case .copy(let from, let to) where from.extents.first == rowCount && to.extents.first == rowCount:
      isSum = false
      guard to.staysInRow(width: to.strides[0], rowAxis: 0) else { return nil }
      reads = [Read(view: from, rowAxis: 0)]
      rowWrites = [(to.buffer, to.strides[0])]
      work = Double(to.count)
    case .fill(_, let to) where to.extents.first == rowCount:
      isSum = false
      guard to.isContiguous, to.offset == 0 else { return nil }
      rowWrites = [(to.buffer, to.strides[0])]
      work = Double(to.count)
    case .rows(let function, let rows) where rows.rows == rowCount:
      isSum = false
      guard rows.x.extents.first == rowCount, rows.labels?.extents.first ?? rowCount == rowCount,
        rows.out.extents.first == rowCount
      else { return nil }
      reads = [rows.x, rows.labels].compactMap(\.self).map { Read(view: $0, rowAxis: 0) }
      rowWrites = [(rows.out.buffer, function == .softmax ? rows.columns : 1)]
      work = 10 * Double(rowCount * rows.columns)
    default: return nil
    }
  }

  /// Whether the step can be run on values that lie transposed.
  var canBeTransposed: Bool {
    switch step {
    case .fused(let kernel):
      // Numbers that depend on their place would get another one.
      rowWrites.allSatisfy { $0.width == 1 } || !kernel.knowsPlaces
    case .rows: false
    default: true
    }
  }

  /// Enters the sums over rows, each the way round that makes its vectors full.
  func addSums(to plan: inout RowSumPlan, isTransposed: Bool) {
    switch step {
    case .product(let p) where isSum:
      let turned = isTransposed ? p.m == 1 : p.n < p.m && p.n <= 16
      plan.add(p.out, rows: turned ? p.n : p.m, columns: turned ? p.m : p.n, turned: turned)
    case .reduce(_, _, let to, _, _, let inner): plan.add(to, rows: 1, columns: inner, turned: false)
    case .fused(let kernel): for total in kernel.totals { plan.add(total, rows: 1, columns: 1, turned: false) }
    default: break
    }
  }

  /// The block that steps are made for.
  struct Block {
    let rows: Int
    /// Whether values of the block lie as [w, rows] instead of [rows, w].
    let isTransposed: Bool
    /// Where the values that only the block knows lie in its memory.
    let localStarts: [Int: Int]
    let sums: RowSumPlan

    /// A view of all rows of the data, which lie along `axis`, as the view of the block's rows.
    func place(_ view: View, rowsAlong axis: Int) -> View {
      var view = view
      view.extents[axis] = rows
      guard let start = localStarts[view.buffer] else {
        view.rowStep = view.strides[axis]
        return view
      }
      view.buffer = BufferNumber.local
      if isTransposed {
        view.offset *= rows
        for other in view.strides.indices { view.strides[other] *= rows }
        view.strides[axis] = 1
      }
      view.offset += start
      return view
    }

    /// The same with the rows along the last axis, where that is how values lie.
    func placeElements(_ view: View) -> View {
      let placed = place(view, rowsAlong: 0)
      return isTransposed ? placed.transposed(Array(1..<view.extents.count) + [0]) : placed
    }
  }

  /// The step for one block.
  func step(for block: Block) -> Step {
    switch step {
    case .fused(let kernel): return .fused(fused(kernel, for: block))
    case .product(var p) where isSum:
      (p.a, p.b, p.k) = (block.place(p.a, rowsAlong: 1), block.place(p.b, rowsAlong: 0), block.rows)
      if let part = block.sums.part(of: p.out) {
        if part.extents != [p.m, p.n] {
          (p.a, p.b, p.m, p.n) = (p.b.transposed([1, 0]), p.a.transposed([1, 0]), p.n, p.m)
        }
        p.out = part
      }
      return .product(p)
    case .product(var p):
      let out = View(buffer: p.out.buffer, offset: p.out.offset, extents: [p.m, p.n], strides: [p.n, 1])
      (p.a, p.out, p.m) = (block.place(p.a, rowsAlong: 0), block.place(out, rowsAlong: 0), block.rows)
      p.slope = p.slope.map { block.place($0, rowsAlong: 0) }
      if block.isTransposed {
        (p.a, p.b, p.m, p.n) = (p.b.transposed([1, 0]), p.a.transposed([1, 0]), p.n, p.m)
        p.biasOfRows = true
      }
      return .product(p)
    case .reduce(let reduction, let from, let to, let outer, _, let inner):
      let (part, rows) = (block.sums.part(of: to) ?? to, block.place(from, rowsAlong: 0))
      if block.isTransposed && rows.buffer == BufferNumber.local {
        return .reduce(reduction, from: rows, to: part, outer: inner, middle: block.rows, inner: 1)
      }
      return .reduce(reduction, from: rows, to: part, outer: outer, middle: block.rows, inner: inner)
    case .copy(let from, let to): return .copy(from: block.placeElements(from), to: block.placeElements(to))
    case .fill(let value, let to): return .fill(value, block.placeElements(to))
    case .rows(let function, var r):
      (r.x, r.out, r.rows) = (block.place(r.x, rowsAlong: 0), block.place(r.out, rowsAlong: 0), block.rows)
      r.labels = r.labels.map { block.place($0, rowsAlong: 0) }
      return .rows(function, r)
    default: return step
    }
  }

  private func fused(_ kernel: FusedKernel, for block: Block) -> FusedKernel {
    let lines = kernel.lines.map { line in
      var line = line
      switch line.operation {
      case .direct(let view), .load(let view):
        let placed = block.placeElements(view)
        line.operation = placed.isContiguous ? .direct(placed) : .load(placed)
      case .reduce(let reduction, let x, let into):
        line.operation = .reduce(reduction, x, into: block.sums.part(of: into) ?? into)
      default: break
      }
      line.store = line.store.map(block.placeElements)
      return line
    }
    let row = Array(kernel.iteration.extents.dropFirst())
    let iteration = Shape(block.isTransposed ? row + [block.rows] : [block.rows] + row)
    return FusedKernel(iteration: iteration, lines: lines, elementsPerRow: row.reduce(1, *))
  }
}

extension FusedKernel {
  /// Where the kernel's sums over all its elements go.
  var totals: [View] {
    lines.compactMap { line in
      if case .reduce(_, _, let into) = line.operation { return into }
      return nil
    }
  }

  /// Whether no line reads memory elementwise after a line has written some.
  var readsBeforeItWrites: Bool {
    guard let firstStore = lines.firstIndex(where: { $0.store != nil }) else { return true }
    let readsMemory = lines.map { line in
      switch line.operation {
      case .direct: true
      default: false
      }
    }
    // A strided view may read elements of other places, and a direct one is read by the lines that name it.
    let isStrided = lines.contains { line in
      if case .load = line.operation { return true }
      return false
    }
    return !isStrided
      && !lines[(firstStore + 1)...].contains { line in line.operands.contains { readsMemory[$0] } }
  }

  /// Whether a result depends on where among all elements it is.
  var knowsPlaces: Bool {
    lines.contains { line in
      switch line.operation {
      case .random, .iota: true
      default: false
      }
    }
  }
}
