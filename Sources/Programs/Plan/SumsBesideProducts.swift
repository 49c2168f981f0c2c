//  SumsBesideProducts.swift — the gradient of a bias as one more column of that of the weights.
//
//  Notation   D  cotangents of a layer in a block of rows, [w, B]     X  data, [B, n]     1  a column of ones
//
//  Equation   D [X 1] = [D X, D 1]: the gradients of the weights and of the bias
//
//  Where the data are a constant of the program they are kept a second time, with the column of ones. The vectors of a processor have
//  room for it where n is no multiple of their lanes, and D is read once instead of twice.

struct SumsBesideProducts {
  /// Larger data are not kept twice. Elements.
  private static let most = 1 << 22
  /// Lanes that n is no multiple of and not less than.
  private static let lanes = 8

  private(set) var constants: [Double]

  init(_ constants: [Double]) { self.constants = constants }

  /// The same blocks with such pairs as one product.
  mutating func joined(_ blocks: RowBlocks) -> RowBlocks {
    var result = blocks
    for place in blocks.whole.indices.reversed() {
      guard case .reduce(.sum, let cotangents, let total, _, _, inner: 1) = result.whole[place],
        let partner = result.whole.firstIndex(where: {
          reads($0, cotangents, rowCount: blocks.blockCount * blocks.rows)
        }),
        case .product(let product) = result.whole[partner], case .product(let last) = result.last[partner],
        let weights = result.sums.firstIndex(where: { $0.area == product.out.offset }),
        let bias = result.sums.firstIndex(where: { $0.area == total.offset })
      else { continue }
      let data = withOnes(product.b, rows: (blocks.blockCount - 1) * blocks.rows + last.k)
      for steps in [\RowBlocks.whole, \RowBlocks.last] {
        if case .product(let product) = result[keyPath: steps][partner] {
          result[keyPath: steps][partner] = .product(widened(product, reading: data))
        }
        result[keyPath: steps].remove(at: place)
      }
      result.sums[weights].stride = product.n + 1
      result.sums[bias] = RowBlocks.RowSum(
        out: result.sums[bias].out, area: product.out.offset, column: product.n, rows: product.m, columns: 1,
        stride: product.n + 1, turned: true)
    }
    return result.withoutGaps()
  }

  /// Whether a step is a product of these cotangents and data that may be kept twice.
  private func reads(_ step: Step, _ cotangents: View, rowCount: Int) -> Bool {
    guard case .product(let p) = step, p.batch == 1, p.out.buffer == BufferNumber.partial else { return false }
    return p.a.buffer == BufferNumber.local && p.a == cotangents.transposed([1, 0])
      && p.b.buffer == BufferNumber.constants && p.b.strides == [p.n, 1] && p.b.rowStep == p.n
      && p.n > Self.lanes && p.n % Self.lanes != 0 && p.n * rowCount <= Self.most
  }

  private func widened(_ product: Step.Product, reading data: Int) -> Step.Product {
    var product = product
    product.n += 1
    product.b.offset = data
    product.b.extents[1] += 1
    product.b.strides[0] += 1
    product.b.rowStep += 1
    product.out.extents[1] += 1
    product.out.strides[0] += 1
    return product
  }

  /// Where the copy of all rows begins.
  private mutating func withOnes(_ data: View, rows: Int) -> Int {
    let width = data.rowStep
    let start = constants.count
    for row in 0..<rows {
      constants += constants[data.offset + row * width..<data.offset + (row + 1) * width] + [1]
    }
    constants += [Double](repeating: 0, count: (16 - constants.count % 16) % 16)
    return start
  }
}

extension RowBlocks {
  /// The same with sums that lie close to each other.
  fileprivate func withoutGaps() -> RowBlocks {
    var result = self
    var starts: [Int: Int] = [:]
    result.partialCount = 0
    for sum in sums where starts[sum.area] == nil {
      starts[sum.area] = result.partialCount
      result.partialCount += (sum.rows * sum.stride + 15) / 16 * 16
    }
    func move(_ step: Step) -> Step {
      step.mapViews { view in
        var view = view
        if view.buffer == BufferNumber.partial { view.offset = starts[view.offset] ?? view.offset }
        return view
      }
    }
    (result.whole, result.last) = (whole.map(move), last.map(move))
    for index in sums.indices { result.sums[index].area = starts[sums[index].area] ?? sums[index].area }
    return result
  }
}
