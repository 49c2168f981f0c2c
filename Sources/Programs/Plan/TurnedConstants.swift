//  TurnedConstants.swift — data that blocks of rows read column by column, kept a second time as columns.
//
//  A product within a block whose values lie transposed, [w, B], reads data of shape [N, k] as [k, B]. Where the data are a constant
//  of the program, they are turned once, when the program is planned, and not in each run: into [blocks, k, B], so that what a block
//  reads is one stretch of memory. A product of the data's transpose with one column reads the same copy.

struct TurnedConstants {
  /// Larger data are not kept twice. Elements.
  private static let most = 1 << 22

  private(set) var constants: [Double]
  /// Where each constant begins, and its count of elements.
  private let places: [(start: Int, count: Int)]

  init(_ constants: [Double], places: [(start: Int, count: Int)]) {
    (self.constants, self.places) = (constants, places)
  }

  /// The same blocks, reading copies where that is better.
  mutating func turned(_ blocks: RowBlocks) -> RowBlocks {
    var result = blocks
    var copies: [Int: Int] = [:]
    for index in blocks.whole.indices {
      result.whole[index] = turned(blocks.whole[index], blocks, &copies)
      result.last[index] = turned(blocks.last[index], blocks, &copies)
    }
    return result
  }

  private mutating func turned(_ step: Step, _ blocks: RowBlocks, _ copies: inout [Int: Int]) -> Step {
    guard case .product(var p) = step, p.batch == 1 else { return step }
    p.b = turned(p.b, blocks, &copies)
    if p.n == 1 { p.a = turned(p.a, blocks, &copies) }
    return .product(p)
  }

  /// The same elements in the copy, where rows of the data lie along the second axis of the view.
  private mutating func turned(_ view: View, _ blocks: RowBlocks, _ copies: inout [Int: Int]) -> View {
    let width = view.rowStep
    guard view.buffer == BufferNumber.constants, view.strides == [1, width], width > 1,
      let place = places.first(where: { $0.start <= view.offset && view.offset < $0.start + width }),
      place.count % width == 0, place.count / width <= blocks.blockCount * blocks.rows, place.count <= Self.most
    else { return view }
    let start = copies[place.start] ?? copy(place, width: width, blocks)
    copies[place.start] = start
    var result = view
    result.offset = start + (view.offset - place.start) * blocks.rows
    result.strides = [blocks.rows, 1]
    return result
  }

  private mutating func copy(_ place: (start: Int, count: Int), width: Int, _ blocks: RowBlocks) -> Int {
    let start = constants.count
    constants += [Double](repeating: 0, count: blocks.blockCount * width * blocks.rows)
    for row in 0..<place.count / width {
      let (block, line) = row.quotientAndRemainder(dividingBy: blocks.rows)
      for column in 0..<width {
        constants[start + (block * width + column) * blocks.rows + line] = constants[place.start + row * width + column]
      }
    }
    return start
  }
}
