//  Tensor+Movement.swift — reshaping, transposing, slicing, joining, gathering.

public import Arrays

extension Tensor {
  /// The same elements in the same order. Precondition: the counts agree.
  public func reshaped(_ shape: Shape) -> Tensor {
    self.shape == shape ? self : Tensor(.reshape, [self], shape: shape)
  }

  /// The axes in another order: axis i of the result is axis `order[i]` of `self`.
  public func transposed(_ order: [Int]) -> Tensor {
    order == Array(0..<shape.rank) ? self : Tensor(.transpose(order), [self])
  }

  /// The matrix transpose: the last two axes exchanged.
  public var transposed: Tensor {
    precondition(shape.rank >= 2, "the transpose of shape \(shape), which has fewer than two axes")
    return transposed(Array(0..<shape.rank - 2) + [shape.rank - 1, shape.rank - 2])
  }

  /// Elements `range` along `axis`, every `stride`-th.
  public func slice(axis: Int, _ range: Range<Int>, stride: Int = 1) -> Tensor {
    precondition(axis >= 0 && axis < shape.rank, "slice along axis \(axis) of shape \(shape)")
    var starts = [Int](repeating: 0, count: shape.rank)
    var strides = [Int](repeating: 1, count: shape.rank)
    var extents = shape.extents
    starts[axis] = range.lowerBound
    strides[axis] = stride
    extents[axis] = (range.count + stride - 1) / stride
    return Tensor(.slice(starts: starts, strides: strides), [self], shape: Shape(extents))
  }

  /// Zeros around the elements. `before` and `after` have an entry for each axis.
  public func padded(before: [Int], after: [Int]) -> Tensor {
    precondition(
      before.count == shape.rank && after.count == shape.rank && (before + after).allSatisfy { $0 >= 0 },
      "padding \(before) and \(after) of shape \(shape): one number of at least zero for each axis")
    let extents = (0..<shape.rank).map { before[$0] + shape[$0] + after[$0] }
    let strides = [Int](repeating: 1, count: shape.rank)
    return Tensor(.scatterSlice(starts: before, strides: strides), [self], shape: Shape(extents))
  }

  /// Rows at `indices` of the outermost axis. `indices` has shape [N] and holds whole numbers.
  public func gatherRows(at indices: Tensor) -> Tensor {
    let last = shape.extents.first.map { Double($0 - 1) } ?? 0
    for index in indices.constantElements ?? [] where !(index >= 0 && index <= last && index == index.rounded()) {
      preconditionFailure("a row at index \(index) of shape \(shape): indices are whole numbers from 0 to \(Int(last))")
    }
    return Tensor(.gatherRows, [self, indices])
  }

  /// Zeros of shape [rows, …] to which row n of `self` is added at row `indices[n]`.
  public func scatterAddRows(at indices: Tensor, rows: Int) -> Tensor {
    Tensor(.scatterAddRows, [indices, self], shape: Shape([rows] + shape.extents.dropFirst()))
  }
}

/// The parts one after the other along `axis`.
public func concatenate(_ parts: [Tensor], axis: Int) -> Tensor {
  parts.count == 1 ? parts[0] : Tensor(.concatenate(axis: axis), parts)
}
