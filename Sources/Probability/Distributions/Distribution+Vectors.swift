//  Distribution+Vectors.swift — densities of vectors and of counts by kind, over the last axis, and of covariance and correlation matrices.
//
//  Equations  (1) normal      −½ |L⁻¹(x − m)|² − Σ log Lᵢᵢ − ½ D log 2π,  covariance L Lᵀ
//             (2) Dirichlet   Σ (aᵢ − 1) log xᵢ + log Γ(Σ aᵢ) − Σ log Γ(aᵢ)
//             (3) correlation Σ_{i ≥ 2} (K − i + 2η − 2) log Lᵢᵢ − Σ_{j<K} (K − j)((2bⱼ − 1) log 2 + log B(bⱼ, bⱼ)),
//                 bⱼ = η + ½ (K − 1 − j): det(L Lᵀ)^(η − 1) as a density of L        [Lewandowski et al. 2009]
//             (4) Wishart     ½ (ν − K − 1) log |X| − ½ tr(S⁻¹ X) − ½ ν log |S| − ½ ν K log 2 − log Γ_K(½ ν), mean ν S
//             (5) inverse     ½ ν log |S| − ½ (ν + K + 1) log |X| − ½ tr(S X⁻¹) − ½ ν K log 2 − log Γ_K(½ ν), mean S/(ν − K − 1)
//             (6) multinomial log n!/Π kᵢ! + Σ kᵢ log pᵢ, n = Σ kᵢ; n!/Π kᵢ! as a product of binomial coefficients of k₁ + … + kᵢ and kᵢ
//             (7) Dirichlet-multinomial log n!/Π kᵢ! + Σ log Γ(aᵢ + kᵢ)/Γ(aᵢ) − log Γ(Σ aᵢ + n)/Γ(Σ aᵢ): multinomial, with p of a
//                 Dirichlet distribution
//                 log Γ_K(a) = ¼ K (K − 1) log π + Σ_{j=1…K} log Γ(a + ½ (1 − j))

import Arrays
public import Programs

extension Distribution {
  /// Equation (1). Vectors have shape [D], or [N, D] for the density of each of N.
  ///
  /// - Parameters:
  ///   - mean: Shape [], [D] or [N, D].
  ///   - factor: L, lower triangular with a positive diagonal: `Tensor.choleskyFactor` of the covariance. Shape [D, D].
  public static func multivariateNormal(
    _ mean: some TensorConvertible, choleskyFactor factor: some TensorConvertible
  ) -> Distribution {
    let factor = factor.tensor
    let isImpossible = (factor.diagonal .<= 0).sum()
    let possible = select(isImpossible, .identity(factor.shape[0]), factor)
    return vectorNormal(mean.tensor, possible, logPossible(isImpossible))
  }

  /// Equation (1), of a factor with a positive diagonal, and what is added.
  private static func vectorNormal(_ mean: Tensor, _ factor: Tensor, _ possible: Tensor) -> Distribution {
    Distribution(ofRank: 1) { x in
      let width = factor.shape[0]
      let deviations = x - mean
      let lead = Array(deviations.shape.extents.dropLast())
      let rows = deviations.reshaped([lead.reduce(1, *), width])
      let squares = factor.triangularSolve(rows.transposed).squared.sum(axes: [0]).reshaped(Shape(lead))
      return squares * -0.5 - (log(factor.diagonal).sum() + Double(width) * NormalDensity.halfLogTwoPi - possible)
    }
  }

  /// Equation (1), by the covariance. Shape [D, D], positive definite: not a number where it is not.
  public static func multivariateNormal(
    _ mean: some TensorConvertible, covariance: some TensorConvertible
  ) -> Distribution {
    vectorNormal(mean.tensor, covariance.tensor.choleskyFactor, .constant(0))
  }

  /// Equation (2). Vectors [K] or [N, K] of positive numbers of sum 1; the density is over the first K − 1. Shares that are rounded
  /// count: where the sum is off by more than 0.01 the density is 0.
  ///
  /// - Parameter concentration: a. Shape [K], or [N, K] for that of each vector.
  public static func dirichlet(_ concentration: some TensorConvertible) -> Distribution {
    let concentration = concentration.tensor
    return Distribution(ofRank: 1) { x in
      let isImpossible = (concentration .<= 0).sum(axes: [-1]) .> 0
      let a = select(concentration .<= 0, .constant(1), concentration)
      // Each share at a harmless value where it is negative, as in `inside`.
      let shares = select(x .>= 0, x, .constant(1))
      let density = xlogy(a - 1, shares).sum(axes: [-1]) + lgamma(a.sum(axes: [-1])) - lgamma(a).sum(axes: [-1])
      let isSimplex = ((x.sum(axes: [-1]) - 1).squared .<= 1e-4) * ((x .< 0).sum(axes: [-1]) .<= 0)
      return select(isSimplex * (1 - isImpossible), density, .constant(-.infinity))
    }
  }

  /// Equation (6), by probabilities. Counts have shape [K], or [N, K] for the probability of each row; n is what they add up to.
  ///
  /// - Parameter probabilities: p, which are divided by their sum. Shape [K], or [N, K] for those of each row.
  public static func multinomial(_ probabilities: some TensorConvertible) -> Distribution {
    let (p, possible) = shares(probabilities.tensor)
    return Distribution(ofRank: 1) { counts in
      expectCounts(counts, of: "multinomial")
      return logArrangements(counts) + xlogy(counts, p).sum(axes: [-1]) + possible
    }
  }

  /// Equation (6), by log p, to which anything may be added. Shapes as for probabilities.
  public static func multinomial(logits: some TensorConvertible) -> Distribution {
    let logits = logits.tensor
    return Distribution(ofRank: 1) { counts in
      expectCounts(counts, of: "multinomial")
      return logArrangements(counts) + (counts * logits.logSoftmax()).sum(axes: [-1])
    }
  }

  /// Equation (7). Counts have shape [K], or [N, K] for the probability of each row; n is what they add up to.
  ///
  /// - Parameter concentration: a, positive. Shape [K], or [N, K] for that of each row.
  public static func dirichletMultinomial(_ concentration: some TensorConvertible) -> Distribution {
    let concentration = concentration.tensor
    let a = positive(concentration).0
    let possible = logPossible((concentration .<= 0).sum(axes: [-1]))
    return Distribution(ofRank: 1) { counts in
      expectCounts(counts, of: "dirichletMultinomial")
      let parts = logRisingFactorial(a, counts).sum(axes: [-1])
      return logArrangements(counts) + parts - logRisingFactorial(a.sum(axes: [-1]), counts.sum(axes: [-1])) + possible
    }
  }

  /// log n!/Π kᵢ!. Shape [K] or [N, K] → [] or [N].
  private static func logArrangements(_ counts: Tensor) -> Tensor {
    logChoose(counts.cumulativeSum(), counts).sum(axes: [-1])
  }

  /// Equation (3), of a factor of a correlation matrix, shape [K, K]. η = 1: all correlation matrices alike; above, nearer to the
  /// identity.
  public static func correlationFactor(_ eta: some TensorConvertible) -> Distribution {
    let (eta, possible) = positive(eta.tensor)
    return Distribution(ofRank: 2) { factor in
      let size = factor.shape[0]
      guard size > 1 else { return possible }
      let powers = Tensor((2...size).map { Double(size - $0) }) + (2 * eta - 2)
      let count = Tensor((1..<size).map { Double(size - $0) })
      let b = Tensor((1..<size).map { 0.5 * Double(size - 1 - $0) }) + eta
      let constant = (count * ((2 * b - 1) * logarithm(2) + logBeta(b, b))).sum()
      return (powers * log(factor.diagonal[1...])).sum() - (constant - possible)
    }
  }

  /// Equation (4), of a positive definite matrix X of shape [K, K].
  ///
  /// - Parameters:
  ///   - degrees: ν > K − 1.
  ///   - scale: S, positive definite. Shape [K, K].
  public static func wishart(_ degrees: some TensorConvertible, scale: some TensorConvertible) -> Distribution {
    let (degrees, scale) = (degrees.tensor, scale.tensor.choleskyFactor)
    return Distribution(ofRank: 2) { x in
      let factor = x.choleskyFactor
      let size = Double(scale.shape[0])
      return unless(degrees .<= size - 1, degrees, harmless: size) { degrees in
        (degrees - (size + 1)) * halfLogDeterminant(factor) - 0.5 * scale.triangularSolve(factor).squared.sum()
          - degrees * halfLogDeterminant(scale) - logWishartConstant(degrees, size)
      }
    }
  }

  /// Equation (5), of a positive definite matrix X of shape [K, K].
  ///
  /// - Parameters:
  ///   - degrees: ν > K − 1.
  ///   - scale: S, positive definite. Shape [K, K].
  public static func inverseWishart(_ degrees: some TensorConvertible, scale: some TensorConvertible) -> Distribution {
    let (degrees, scale) = (degrees.tensor, scale.tensor.choleskyFactor)
    return Distribution(ofRank: 2) { x in
      let factor = x.choleskyFactor
      let size = Double(scale.shape[0])
      return unless(degrees .<= size - 1, degrees, harmless: size) { degrees in
        degrees * halfLogDeterminant(scale) - (degrees + (size + 1)) * halfLogDeterminant(factor)
          - 0.5 * factor.triangularSolve(scale).squared.sum() - logWishartConstant(degrees, size)
      }
    }
  }

  private static func halfLogDeterminant(_ factor: Tensor) -> Tensor { log(factor.diagonal).sum() }

  /// ½ ν K log 2 + log Γ_K(½ ν).
  private static func logWishartConstant(_ degrees: Tensor, _ size: Double) -> Tensor {
    let offsets = Tensor(stride(from: 0, to: size, by: 1).map { -0.5 * $0 })
    return 0.5 * size * logarithm(2) * degrees + 0.25 * size * (size - 1) * logarithm(Double.pi)
      + lgamma(0.5 * degrees + offsets).sum()
  }
}
