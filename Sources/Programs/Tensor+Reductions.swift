//  Tensor+Reductions.swift — sums, maxima, means, softmax and its relatives.

import Arrays

extension Tensor {
  /// The sum over `axes`, or over all; the axes go, or stay with extent one.
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor { reduce(.sum, axes, keepingAxes) }

  /// The maximum over `axes`, or over all. On a tie the derivative is shared equally.
  public func max(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor { reduce(.maximum, axes, keepingAxes) }

  /// The mean over `axes`, or over all.
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let over = axes ?? Array(0..<shape.rank)
    let count = over.reduce(1) { $0 * shape[$1 < 0 ? $1 + shape.rank : $1] }
    return sum(axes: axes, keepingAxes: keepingAxes) * (1 / Double(count))
  }

  /// log Σ exp over the last axis, without overflow. Shape: that of `self` without the last axis.
  public func logSumExp() -> Tensor { Tensor(.logSumExp, [self]) }

  /// exp(x) / Σ exp(x) over the last axis.
  public func softmax() -> Tensor { Tensor(.softmax, [self]) }

  /// x − log Σ exp(x) over the last axis.
  public func logSoftmax() -> Tensor {
    self - logSumExp().reshaped(Shape(shape.extents.dropLast() + [1]))
  }

  private func reduce(_ reduction: Reduction, _ axes: [Int]?, _ keepingAxes: Bool) -> Tensor {
    let axes = (axes ?? Array(0..<shape.rank)).map { $0 < 0 ? $0 + shape.rank : $0 }.sorted()
    let reduced = axes.isEmpty ? self : Tensor(.reduce(reduction, axes: axes), [self])
    guard keepingAxes else { return reduced }
    return reduced.reshaped(Shape(shape.extents.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }))
  }
}

/// −log softmax(logits)[label], row by row, fused.
///
/// - Parameters:
///   - logits: Shape [N, C].
///   - labels: Shape [N]; whole numbers in 0..<C.
/// - Returns: Shape [N]. Unit: nats, per row.
public func softmaxCrossEntropy(logits: Tensor, labels: Tensor) -> Tensor {
  Tensor(.softmaxCrossEntropy, [logits, labels])
}

/// One at the label's column, otherwise zero. Shape [N, classes].
public func oneHot(_ labels: Tensor, classes: Int) -> Tensor {
  let shape: Shape = [labels.shape[0], classes]
  return labels.reshaped([labels.shape[0], 1]) .== .iota(shape: shape, axis: 1)
}
