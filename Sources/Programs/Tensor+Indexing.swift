//  Tensor+Indexing.swift — parts of a tensor by their place along the first axis.

import Arrays

extension Tensor {
  /// Element `index` of the first axis, which goes. Shape [n, …] → […].
  public subscript(index: Int) -> Tensor {
    precondition(shape.rank >= 1 && index >= 0 && index < shape[0], "element \(index) of shape \(shape)")
    return slice(axis: 0, index..<index + 1).reshaped(Shape(Array(shape.extents.dropFirst())))
  }

  /// The element at a full index, or what is there after fewer numbers than the rank. Shape [n, m, …] → […].
  public subscript(index: Int, rest: Int...) -> Tensor { rest.reduce(self[index]) { $0[$1] } }

  /// Elements of the first axis, which stays. Shape [n, …] → [count, …].
  public subscript(range: some RangeExpression<Int>) -> Tensor {
    precondition(shape.rank >= 1, "elements of a scalar")
    let range = range.relative(to: 0..<shape[0])
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "elements \(range) of shape \(shape)")
    return slice(axis: 0, range)
  }

  /// Elements of the first axis in the order of `indices`, which may repeat: the effect of the group of each observation. Shape
  /// [n, …] → [count, …].
  public subscript(indices: [Int]) -> Tensor {
    precondition(
      shape.rank >= 1 && indices.allSatisfy { $0 >= 0 && $0 < shape[0] },
      "elements of shape \(shape) at indices from \(indices.min() ?? 0) to \(indices.max() ?? 0)")
    return gatherRows(at: indices.tensor)
  }
}
