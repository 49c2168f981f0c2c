//  Tensor+Algebra.swift — inner products, identity and diagonal matrices, sums of exponentials: what densities are written with.

import Arrays

/// Σ over the last axis of `a` and the elements of a vector: an inner product, or a matrix times a vector.
///
/// Shapes [n], [n] → []; [m, n], [n] → [m].
public func dot(_ a: some TensorConvertible, _ vector: some TensorConvertible) -> Tensor {
  let (a, vector) = (a.tensor, vector.tensor)
  precondition(
    (a.shape.rank == 1 || a.shape.rank == 2) && vector.shape.rank == 1 && a.shape[a.shape.rank - 1] == vector.shape[0],
    "the inner product of \(a.shape) and \(vector.shape): it needs [n] or [m, n], and [n]")
  if a.shape.rank == 1 { return (a * vector).sum() }
  return matmul(a, vector.reshaped([vector.shape[0], 1])).reshaped([a.shape[0]])
}

/// log(exp(a) + exp(b)), element by element, without overflow. Either may be −∞.
public func logAddExp(_ a: Tensor, _ b: Tensor) -> Tensor {
  let top = maximum(a, b)
  let gap = select(top .> -.infinity, abs(a - b), .constant(0))
  return top + softplus(-gap)
}

/// log(exp(a) − exp(b)), element by element, without overflow, for a ≥ b. −∞ where they are alike.
public func logDiffExp(_ a: Tensor, _ b: Tensor) -> Tensor {
  let gap = select(a .> -.infinity, a - b, .constant(0))
  let isNear = gap .< 0.693
  // 1 − e^−gap by the function that does not cancel; the other gets an argument that harms no derivative.
  let near = log(-expm1(-select(isNear, gap, .constant(1))))
  return a + select(isNear, near, log1p(-exp(-select(isNear, .constant(1), gap))))
}

/// x log y, and 0 where x is: a power to which nothing is raised.
public func xlogy(_ x: Tensor, _ y: Tensor) -> Tensor {
  let isNothing = x .== 0
  return select(isNothing, .constant(0), x * log(select(isNothing, .constant(1), y)))
}

extension Tensor {
  /// The identity matrix. Shape [n, n].
  public static func identity(_ n: Int) -> Tensor {
    .iota(shape: [n, n], axis: 0) .== .iota(shape: [n, n], axis: 1)
  }

  /// The matrix with a vector on its diagonal. Shape [n] → [n, n].
  public var diagonalMatrix: Tensor {
    precondition(shape.rank == 1, "the diagonal matrix of shape \(shape): it needs a vector")
    return .identity(shape[0]) * reshaped([shape[0], 1])
  }

  public static func += (x: inout Tensor, y: Tensor) { x = x + y }
  public static func -= (x: inout Tensor, y: Tensor) { x = x - y }
  public static func *= (x: inout Tensor, y: Tensor) { x = x * y }
  public static func /= (x: inout Tensor, y: Tensor) { x = x / y }
}
