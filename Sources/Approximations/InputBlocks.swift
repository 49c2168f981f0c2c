//  InputBlocks.swift — inputs in blocks of one number of rows, so that one plan serves all of them.
//
//  A product packs its weights once a block: large blocks do so less often. Small blocks leave more to share out. The cut
//  depends on the work alone and never on the threads.

struct InputBlocks {
  /// N.
  let count: Int
  /// Rows of each block; the last one begins early enough to be full, and its first rows are then not kept.
  let rows: Int

  private static let mostRows = 1024
  private static let fewestRows = 128
  private static let tasksWanted = 24

  /// - Parameter repeats: How many times each block is run.
  init(count: Int, repeats: Int) {
    let wanted = (Self.tasksWanted + repeats - 1) / max(repeats, 1)
    let possible = max(1, count / Self.fewestRows)
    self.init(count: count, blocks: max((count + Self.mostRows - 1) / Self.mostRows, min(wanted, possible)))
  }

  /// - Parameter mostRows: Rows of a block, at most.
  init(count: Int, mostRows: Int) { self.init(count: count, blocks: (count + mostRows - 1) / mostRows) }

  private init(count: Int, blocks: Int) {
    self.count = count
    rows = max(1, (count + blocks - 1) / max(blocks, 1))
  }

  /// The number of blocks; none where there are no inputs.
  var number: Int { (count + rows - 1) / rows }

  /// The rows that block `index` reads.
  func read(_ index: Int) -> Range<Int> { min(index * rows, count - rows)..<min((index + 1) * rows, count) }

  /// The rows whose results are kept.
  func kept(_ index: Int) -> Range<Int> { index * rows..<min((index + 1) * rows, count) }
}
