//  Bijection.swift — from all of ℝⁿ to where a parameter may lie.
//
//  Notation   u  unconstrained, x = f(u)     J = |det ∂x/∂u|
//
//  Equations  (1) p(u) = p(x) J: the density that samplers see
//             (2) above a:       x = a + eᵘ,                    log J = Σ u
//             (3) below b:       x = b − eᵘ,                    log J = Σ u
//             (4) between a, b:  x = a + (b − a) σ(u),          log J = Σ log(b − a) + log σ(u) + log σ(−u)
//             (5) ordered:       x₁ = u₁, xₖ = xₖ₋₁ + e^uₖ,       log J = Σ_{k>1} uₖ
//             (6) simplex of K:  zₖ = σ(uₖ − log(K − k)), xₖ = zₖ rₖ, rₖ = Π_{j<k} (1 − zⱼ), x_K = r_K
//                                log J = Σ_{k<K} log zₖ + log(1 − zₖ) + log rₖ            [Carpenter et al. 2017 for (2) to (6)]
//
//  u = 0 is an inner point: 1 above a, the middle of an interval, the centre of a simplex.

public import Arrays
public import Programs

/// Where a parameter may lie, as the image of ℝⁿ.
public enum Bijection: Hashable, Codable, Sendable {
  /// Anywhere.
  case real
  case above(Double)
  case below(Double)
  case between(Double, Double)
  /// A vector in ascending order. Shape [K].
  case ordered
  /// Positive numbers that sum to 1. Shape [K], from [K − 1].
  case simplex

  /// Above 0.
  public static var positive: Bijection { .above(0) }

  /// The shape of u for an x of a shape.
  ///
  /// Precondition: the bounds of an interval ascend; `ordered` is of a vector; `simplex` is of a vector of at least two.
  public func unconstrainedShape(of shape: Shape) -> Shape {
    switch self {
    case .real, .above, .below: return shape
    case .between(let lower, let upper):
      precondition(lower < upper && (upper - lower).isFinite, "the interval from \(lower) to \(upper)")
      return shape
    case .ordered:
      precondition(shape.rank == 1 && shape.count > 0, "an order of shape \(shape): it needs a vector")
      return shape
    case .simplex:
      precondition(shape.rank == 1 && shape.count > 1, "a simplex of shape \(shape): it needs a vector of at least two")
      return [shape[0] - 1]
    }
  }

  /// x and log J at u.
  ///
  /// - Parameter u: Of the unconstrained shape.
  /// - Returns: x, and log J of shape [].
  public func callAsFunction(_ u: Tensor) -> (value: Tensor, logJacobian: Tensor) {
    switch self {
    case .real: return (u, .constant(0))
    case .above(let bound): return (bound + exp(u), u.sum())  // (2)
    case .below(let bound): return (bound - exp(u), u.sum())  // (3)
    case .between(let lower, let upper):
      let logs = 0 - softplus(u) - softplus(0 - u)
      return (lower + (upper - lower) * sigmoid(u), (logs + logarithm(upper - lower)).sum())  // (4)
    case .ordered:
      let count = u.shape[0]
      guard count > 1 else { return (u, .constant(0)) }
      let steps = u.slice(axis: 0, 1..<count)
      let increments = concatenate([u.slice(axis: 0, 0..<1), exp(steps)], axis: 0)
      return (Self.runningSum(increments, includingOwn: true), steps.sum())  // (5)
    case .simplex:
      let count = u.shape[0]
      let offsets = (1...count).map { -logarithm(Double(count + 1 - $0)) }
      let v = u + .constant(DenseArray(offsets))
      let (logShare, logRest) = (0 - softplus(0 - v), 0 - softplus(v))
      let logStick = Self.runningSum(logRest, includingOwn: false)
      let value = concatenate([exp(logShare + logStick), exp(logRest.sum()).reshaped([1])], axis: 0)
      return (value, (logShare + logRest + logStick).sum())  // (6)
    }
  }

  /// Σ_{j ≤ k} xⱼ, or over j < k. Shape [K] → [K].
  private static func runningSum(_ x: Tensor, includingOwn: Bool) -> Tensor {
    let count = x.shape[0]
    let ones = (0..<count * count).map { place in
      let (row, column) = (place / count, place % count)
      return column < row || (includingOwn && column == row) ? 1.0 : 0
    }
    return matmul(.constant(DenseArray(ones, shape: [count, count])), x.reshaped([count, 1])).reshaped([count])
  }
}
