//  DensePosterior+Storage.swift — a full covariance as the arrays of a file.
//
//  indices [n], and the rows of L up to its diagonal, [n (n + 1)/2], as pairs of `Float`s: see `FloatPair`. The factor of a posterior is
//  rounded to such pairs from the start, so that a file gives the same bits.

import Arrays
import Curvatures
import Probability

extension DensePosterior {
  package var contents: PosteriorContents {
    var contents = PosteriorContents(arrays: [:])
    contents.setPairs("indices", indices.map { Double($0) })
    let n = indices.count
    contents.setPairs("factor", (0..<n).flatMap { row in factor.lower.elements[row * n...row * n + row] })
    return contents
  }

  init(_ contents: PosteriorContents, slices: [ParameterSlice]) throws(PosteriorFault) {
    let numbers = try contents.pairs("indices", count: nil)
    let most = slices.reduce(0) { $0 + $1.shape.count }
    guard numbers.count <= most else {
      throw PosteriorFault("there are \(numbers.count) indices of \(most) parameters")
    }
    let indices = numbers.compactMap { Int(exactly: $0) }
    guard indices.count == numbers.count, zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 }),
      indices.allSatisfy({ index in slices.contains { $0.range.contains(index) } })
    else { throw PosteriorFault("the array 'indices' is no ascending list of parameters") }
    let n = indices.count
    let packed = try contents.pairs("factor", count: n * (n + 1) / 2)
    var lower = [Double](repeating: 0, count: n * n)
    var place = 0
    for row in 0..<n {
      for column in 0...row {
        lower[row * n + column] = packed[place]
        place += 1
      }
      guard packed[place - 1] > 0 else { throw PosteriorFault("the diagonal of the array 'factor' is not positive") }
    }
    self.init(slices: slices, indices: indices, factor: PrecisionFactor(lower: DenseArray(lower, shape: [n, n])))
  }
}
