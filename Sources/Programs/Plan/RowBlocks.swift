//  RowBlocks.swift — steps over the rows of the data that run block by block, so that what they pass on stays in cache.
//
//  Notation   N  rows of the data     w  elements of a row of a value     B  rows of a block
//
//  A step can be run for a block of rows alone if each of its results belongs to one row (an elementwise kernel over [N, …], a
//  product of [N, k]), or if it sums over the rows (a product whose inner axis is N): then each block adds a part
//  to the sum. A chain of such steps, the forward and the backward pass of a small network, is run from end to end for one block
//  before the next. Values that nobody else reads live in the memory of a block.
//
//  Where it can be, such a value lies transposed, [w, B]: then the vectors of the processor run along the rows of the data,
//  of which there are many, and not along units, of which a small network has few.
//
//  This is worth it while a block of all rows' values fits into the first level cache, and the sums are small.

import Arrays

struct RowBlocks: Sendable {
  /// A sum over all rows: its part within a task lies in the area that begins at `area` of the task's partial results, from `column` on,
  /// as [rows, columns] with `stride` elements from one row to the next; transposed from `out` when `turned`.
  struct RowSum: Sendable {
    var out: View
    var area: Int
    var column = 0
    var rows: Int
    var columns: Int
    var stride: Int
    var turned: Bool
  }

  /// B, how many blocks, and into how many tasks for threads they are put.
  let rows: Int
  let blockCount: Int
  let taskCount: Int
  /// The steps for B rows, and for those of the last block.
  var whole: [Step]
  var last: [Step]
  var sums: [RowSum]
  let localCount: Int
  var partialCount: Int
  /// Multiplications and elementwise operations, for all rows.
  let work: Double

  var reads: [View] { whole.flatMap(\.reads).filter { $0.buffer >= 0 } }
  var writes: [View] { whole.flatMap(\.writes).filter { $0.buffer >= 0 } + sums.map(\.out) }

  func mapViews(_ place: (View) -> View) -> RowBlocks {
    var result = self
    func placeShared(_ view: View) -> View { view.buffer >= 0 ? place(view) : view }
    result.whole = whole.map { $0.mapViews(placeShared) }
    result.last = last.map { $0.mapViews(placeShared) }
    for index in sums.indices { result.sums[index].out = place(sums[index].out) }
    return result
  }
}

extension RowBlocks {
  private static let cacheElements = 10240
  private static let largestSums = 16384
  private static let smallestRowCount = 96

  /// The steps with chains over rows gathered into blocks.
  ///
  /// - Parameters:
  ///   - root: The value that a value is a part of, or itself.
  ///   - isShared: Whether a value has memory that others than the steps know: outputs, parts of concatenations.
  static func gather(_ steps: [Step], root: (Int) -> Int, isShared: (Int) -> Bool) -> [Step] {
    let apart = steps
    let steps = SlopeProducts.combined(steps, isShared: isShared)
    var counts: [Int: Int] = [:]
    for rows in steps.compactMap(RowStep.rowCount) where rows >= smallestRowCount { counts[rows, default: 0] += 1 }
    // The chain over most steps; of equal ones, the one over most rows.
    guard let rowCount = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key else { return apart }
    var chain = RowChain(rowCount: rowCount)
    var (before, after): ([Step], [Step]) = ([], [])
    var late: Set<Int> = []
    for step in steps {
      let reads = Set(step.reads.map { root($0.buffer) })
      if reads.isDisjoint(with: late), chain.append(step, root: root) { continue }
      if reads.isDisjoint(with: late) && reads.isDisjoint(with: chain.writtenRoots) {
        before.append(step)
      } else {
        after.append(step)
        late.formUnion(step.writes.map { root($0.buffer) })
      }
    }
    let readAfter = Set(after.flatMap(\.reads).map(\.buffer))
    guard
      let blocks = chain.blocks(
        cacheElements: cacheElements, largestSums: largestSums, isShared: { isShared($0) || readAfter.contains($0) })
    else { return apart }
    return before + [.blocks(blocks)] + after
  }
}

/// Steps over the same rows, as they are collected.
private struct RowChain {
  let rowCount: Int
  private var steps: [RowStep] = []
  /// w of each value that belongs to rows.
  private var widths: [Int: Int] = [:]
  private var sums: Set<Int> = []

  init(rowCount: Int) { self.rowCount = rowCount }

  /// What holds the values that are written.
  private(set) var writtenRoots: Set<Int> = []

  /// Takes the step if it can be run for a block of rows.
  mutating func append(_ step: Step, root: (Int) -> Int) -> Bool {
    guard let rowStep = RowStep(step, rowCount: rowCount) else { return false }
    for read in rowStep.reads {
      guard let width = widths[read.view.buffer] else {
        // A sum is known after the last block only.
        if writtenRoots.contains(root(read.view.buffer)) { return false }
        continue
      }
      guard let axis = read.rowAxis, read.view.staysInRow(width: width, rowAxis: axis) else { return false }
    }
    for (buffer, width) in rowStep.rowWrites where widths[buffer] ?? width != width { return false }
    for (buffer, width) in rowStep.rowWrites { widths[buffer] = width }
    writtenRoots.formUnion((rowStep.rowWrites.map(\.buffer) + rowStep.sumWrites).map(root))
    steps.append(rowStep)
    return true
  }

  /// Memory of values that only the chain knows, by lifetime within a block.
  ///
  /// An elementwise result takes the place of an operand that nothing reads later, or keeps clear of it.
  private func arena(of widths: [Int: Int], rows: Int) -> Arena {
    func arena(sharesPlaces: Bool) -> Arena {
      var lives: [Int: ClosedRange<Int>] = [:]
      for (time, step) in steps.enumerated() {
        let end = sharesPlaces && step.isElementwise ? 2 * time : 2 * time + 1
        for read in step.reads.map(\.view.buffer) where widths[read] != nil {
          lives[read] = (lives[read]?.lowerBound ?? end)...end
        }
        for written in step.writes.map(\.buffer) where widths[written] != nil {
          lives[written] = (lives[written]?.lowerBound ?? 2 * time + 1)...(2 * time + 1)
        }
      }
      return Arena(lives, alignment: min(rows, 16)) { (widths[$0] ?? 0) * rows }
    }
    func range(_ value: Int, in arena: Arena) -> Range<Int>? {
      arena.start[value].map { $0..<$0 + (widths[value] ?? 0) * rows }
    }
    let shared = arena(sharesPlaces: true)
    let isSound = steps.allSatisfy { step in
      step.reads.compactMap { range($0.view.buffer, in: shared) }.allSatisfy { read in
        step.writes.compactMap { range($0.buffer, in: shared) }.allSatisfy { $0 == read || !$0.overlaps(read) }
      }
    }
    return isSound ? shared : arena(sharesPlaces: false)
  }

  /// The elements of a row of the data that the products read from elsewhere, each value once.
  private var readWidth: Int {
    var width: [Int: Int] = [:]
    for step in steps where step.isProduct {
      for read in step.reads {
        guard let axis = read.rowAxis, widths[read.view.buffer] == nil else { continue }
        width[read.view.buffer] = read.view.strides[axis]
      }
    }
    return width.values.reduce(0, +)
  }

  func blocks(cacheElements: Int, largestSums: Int, isShared: (Int) -> Bool) -> RowBlocks? {
    let products = steps.filter(\.isProduct).count
    guard products >= 2 else { return nil }
    let locals = widths.filter { !isShared($0.key) }
    let own = arena(of: locals, rows: 1).count
    guard own > 0 else { return nil }
    let perRow = own + readWidth
    var blockCount = (rowCount * perRow + cacheElements - 1) / cacheElements
    // An even number, so that two threads have the same to do.
    blockCount = (blockCount + 1) / 2 * 2
    let rows = ((rowCount + blockCount - 1) / blockCount + 15) / 16 * 16
    blockCount = (rowCount + rows - 1) / rows
    guard blockCount >= 2, rows >= 32 else { return nil }

    let isTransposed =
      steps.allSatisfy(\.canBeTransposed) && widths.allSatisfy { locals[$0.key] != nil || $0.value == 1 }
    let arena = arena(of: locals, rows: rows)
    var plan = RowSumPlan()
    for step in steps { step.addSums(to: &plan, isTransposed: isTransposed) }
    guard plan.count <= largestSums else { return nil }
    func lowered(_ blockRows: Int) -> [Step] {
      let block = RowStep.Block(
        rows: blockRows, isTransposed: isTransposed, localStarts: arena.start, sums: plan)
      return steps.map { $0.step(for: block) }
    }
    let work = steps.reduce(0) { $0 + $1.work }
    // Each task has sums of its own: few tasks where there is little to do, and yet some for each of many threads.
    let taskCount = min(blockCount, work < 2e6 ? 2 : work < 20e6 ? 8 : 16)
    return RowBlocks(
      rows: rows, blockCount: blockCount, taskCount: taskCount, whole: lowered(rows),
      last: lowered(rowCount - (blockCount - 1) * rows),
      sums: plan.sums, localCount: arena.count, partialCount: plan.count, work: work)
  }
}

/// Where the parts of sums lie among a block's partial results.
struct RowSumPlan {
  private(set) var sums: [RowBlocks.RowSum] = []
  private(set) var count = 0

  mutating func add(_ out: View, rows: Int, columns: Int, turned: Bool) {
    sums.append(
      RowBlocks.RowSum(out: out, area: count, rows: rows, columns: columns, stride: columns, turned: turned))
    count += (rows * columns + 15) / 16 * 16
  }

  func part(of out: View) -> View? {
    sums.first { $0.out == out }.map {
      View(buffer: BufferNumber.partial, offset: $0.area, extents: [$0.rows, $0.columns], strides: [$0.stride, 1])
    }
  }
}

extension View {
  /// Whether the elements of each row lie within that row of a value with rows of `width` elements.
  func staysInRow(width: Int, rowAxis: Int) -> Bool {
    guard strides[rowAxis] == width else { return false }
    let reach = zip(extents, strides).enumerated().reduce(offset) { sum, axis in
      axis.offset == rowAxis ? sum : sum + (axis.element.0 - 1) * axis.element.1
    }
    return offset >= 0 && reach < width && extents.allSatisfy { $0 > 0 }
  }
}
