//  Bijection.swift — from all of ℝⁿ to where a parameter may lie.
//
//  Notation   u  unconstrained, x = f(u)     J = |det ∂x/∂u|
//
//  Equations  (1) p(u) = p(x) J: the density that samplers see
//             (2) above a:       x = a + eᵘ,                    log J = Σ u
//             (3) below b:       x = b − eᵘ,                    log J = Σ u
//             (4) between a, b:  x = a + (b − a) σ(u),          log J = Σ log(b − a) + log σ(u) + log σ(−u)
//             (5) ordered:       x₁ = u₁, xₖ = xₖ₋₁ + e^uₖ,       log J = Σ_{k>1} uₖ; positive and ordered: x₁ = e^u₁, log J = Σ u
//             (6) simplex of K:  zₖ = σ(uₖ − log(K − k)), xₖ = zₖ rₖ, rₖ = Π_{j<k} (1 − zⱼ), x_K = r_K
//                                log J = Σ_{k<K} log zₖ + log(1 − zₖ) + log rₖ            [Carpenter et al. 2017 for (2) to (6)]
//             (7) unit vector:   x = u/|u|, and u/|u| is uniform where log J = −½ |u|²
//             (8) sum of zero:   x = H u with orthonormal columns of sum 0, log J = 0
//             (9) correlation:   zᵢⱼ = tanh u,  rᵢⱼ = Π_{k<j} (1 − zᵢₖ²),  Lᵢⱼ = zᵢⱼ √rᵢⱼ below the diagonal, Lᵢᵢ = √rᵢᵢ
//                                log J = Σ_{i>j} log(1 − zᵢⱼ²) + ½ log rᵢⱼ                  [Lewandowski et al. 2009]
//             (10) covariance:   L with Lᵢⱼ = uᵢⱼ below the diagonal, Lᵢᵢ = e^uᵢᵢ, x = L Lᵀ
//                                log J = K log 2 + Σᵢ (K − i + 2) uᵢᵢ, of the lower triangle of x
//
//  (5) to (8) act on the last axis. u = 0 is an inner point: 1 above a, the middle of an interval, the centre of a simplex, no correlation;
//  of a unit vector it is none.

public import Arrays
public import Programs

/// Where a parameter may lie, as the image of ℝⁿ.
public enum Bijection: Hashable, Codable, Sendable {
  /// Anywhere.
  case real
  case above(Double)
  case below(Double)
  case between(Double, Double)
  /// Ascending order. Shape […, K].
  case ordered
  /// Ascending order above 0. Shape […, K].
  case positiveOrdered
  /// Positive numbers that sum to 1. Shape […, K], from […, K − 1].
  case simplex
  /// Numbers whose squares sum to 1. Shape […, K], from […, K]: directions, angles.
  case unitVector
  /// Numbers that sum to 0. Shape […, K], from […, K − 1]: effects beside a mean.
  case zeroSum
  /// The lower triangular L of a correlation matrix L Lᵀ. Shape [K, K], from [K (K − 1)/2].
  case correlationFactor
  /// Positive definite matrices. Shape [K, K], from [K (K + 1)/2].
  case covariance

  /// Above 0.
  public static var positive: Bijection { .above(0) }

  /// The shape of u for an x of a shape.
  ///
  /// Precondition: the bounds of an interval ascend; what acts on vectors has an axis, of at least two for `simplex`, `unitVector` and
  /// `zeroSum`; `correlationFactor` and `covariance` are square.
  public func unconstrainedShape(of shape: Shape) -> Shape {
    switch self {
    case .real, .above, .below: return shape
    case .between(let lower, let upper):
      precondition(lower < upper && (upper - lower).isFinite, "the interval from \(lower) to \(upper)")
      return shape
    case .ordered, .positiveOrdered:
      precondition(shape.rank >= 1 && shape.count > 0, "an order of shape \(shape): it needs a vector")
      return shape
    case .unitVector:
      precondition(
        shape.rank >= 1 && shape[shape.rank - 1] > 1, "a unit vector of shape \(shape): it needs at least two")
      return shape
    case .simplex, .zeroSum:
      precondition(
        shape.rank >= 1 && shape[shape.rank - 1] > 1, "a \(self) of shape \(shape): it needs a vector of at least two")
      return Shape(shape.extents.dropLast() + [shape[shape.rank - 1] - 1])
    case .correlationFactor:
      precondition(
        shape.rank == 2 && shape[0] == shape[1] && shape[0] > 1,
        "the factor of a correlation matrix of shape \(shape): it is square, of two rows at least")
      return [shape[0] * (shape[0] - 1) / 2]
    case .covariance:
      precondition(
        shape.rank == 2 && shape[0] == shape[1] && shape[0] > 0,
        "a covariance matrix of shape \(shape): it is square")
      return [shape[0] * (shape[0] + 1) / 2]
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
      let axis = u.shape.rank - 1
      guard u.shape[axis] > 1 else { return (u, .constant(0)) }
      let steps = u.slice(axis: axis, 1..<u.shape[axis])
      let increments = concatenate([u.slice(axis: axis, 0..<1), exp(steps)], axis: axis)
      return (increments.cumulativeSum(), steps.sum())  // (5)
    case .positiveOrdered: return (exp(u).cumulativeSum(), u.sum())  // (5)
    case .simplex: return Self.simplex(u)
    case .unitVector:
      let square = u.squared.sum(axes: [-1], keepingAxes: true)
      return (u * rsqrt(square), square.sum() * -0.5)  // (7)
    case .zeroSum:
      let count = u.shape[u.shape.rank - 1]
      let rows = u.reshaped([u.shape.count / count, count])
      let value = matmul(rows, .constant(Self.contrasts(count + 1)), transposeRight: true)  // (8)
      return (value.reshaped(Shape(u.shape.extents.dropLast() + [count + 1])), .constant(0))
    case .correlationFactor: return Self.correlationFactor(u)
    case .covariance: return Self.covariance(u)
    }
  }

  /// Equation (6).
  private static func simplex(_ u: Tensor) -> (Tensor, Tensor) {
    let axis = u.shape.rank - 1
    let count = u.shape[axis]
    let offsets = (1...count).map { -logarithm(Double(count + 1 - $0)) }
    let v = u + .constant(DenseArray(offsets))
    let (logShare, logRest) = (0 - softplus(0 - v), 0 - softplus(v))
    let logStick = logRest.cumulativeSum(exclusive: true)
    let last = exp(logRest.sum(axes: [axis], keepingAxes: true))
    return (concatenate([exp(logShare + logStick), last], axis: axis), (logShare + logRest + logStick).sum())
  }

  /// H of equation (8): column j is 1/√(j (j + 1)) in its first j places, and what makes its sum 0 in the next. Shape [K, K − 1].
  static func contrasts(_ count: Int) -> DenseArray<Double> {
    var elements = [Double](repeating: 0, count: count * (count - 1))
    for j in 1..<count {
      let size = 1 / (Double(j) * Double(j + 1)).squareRoot()
      for i in 0..<j { elements[i * (count - 1) + j - 1] = size }
      elements[j * (count - 1) + j - 1] = -Double(j) * size
    }
    return DenseArray(elements, shape: [count, count - 1])
  }

  /// Equation (9); u row by row.
  private static func correlationFactor(_ u: Tensor) -> (Tensor, Tensor) {
    let size = correlationSize(u.shape[0])
    let below = (1..<size).flatMap { row in (0..<row).map { row * size + $0 } }
    let square: Shape = [size, size]
    func matrix(_ x: Tensor) -> Tensor {
      x.scatterAddRows(at: Tensor(below), rows: size * size).reshaped(square)
    }
    // log(1 − tanh² u), which does not cancel.
    let logGap = 2 * (logarithm(2) - u - softplus(-2 * u))
    let logRest = matrix(logGap).cumulativeSum(axis: 1, exclusive: true)
    let factor = (matrix(tanh(u)) + .identity(size)) * exp(0.5 * logRest)
    let inside = matrix(.constant(1, shape: u.shape))
    return (factor, logGap.sum() + 0.5 * (inside * logRest).sum())
  }

  /// Equation (10); u row by row.
  private static func covariance(_ u: Tensor) -> (Tensor, Tensor) {
    let size = correlationSize(u.shape[0]) - 1
    let places = (0..<size).flatMap { row in (0...row).map { row * size + $0 } }
    let triangle = u.scatterAddRows(at: Tensor(places), rows: size * size).reshaped([size, size])
    let logDiagonal = triangle.diagonal
    let factor = triangle + (exp(logDiagonal) - logDiagonal).diagonalMatrix
    let powers = Tensor((1...size).map { Double(size - $0 + 2) })
    return (matmul(factor, factor, transposeRight: true), (powers * logDiagonal).sum() + Double(size) * logarithm(2))
  }

  /// K for K (K − 1)/2.
  static func correlationSize(_ count: Int) -> Int {
    var size = 2
    while size * (size - 1) / 2 < count { size += 1 }
    return size
  }
}
