//  LowRankGaussian.swift — a Gaussian whose covariance is half a diagonal and half a matrix of low rank.
//
//  Notation   c [P] mean     q [P] variances     D [K, P] deviations, a row each     z₁ [P], z₂ [K] standard normal
//
//  Equations  (1) Σ = ½ diag(q) + DᵀD / (2 (K − 1))                                      [Maddox et al. 2019]
//             (2) θ = c + √(½ q) z₁ + Dᵀz₂ / √(2 (K − 1))
//             (3) log N(x | c, Σ) by A = ½ diag(q), V = D / √(2 (K − 1)), M = I + V A⁻¹ Vᵀ [K, K]:
//                 |Σ| = |A| |M|,  rᵀΣ⁻¹r = rᵀA⁻¹r − |L⁻¹ V A⁻¹ r|²,  M = L Lᵀ,  r = x − c       [Woodbury 1950]
//
//  With K < 2 there is no second term, and the diagonal counts whole: Σ = diag(q).
//
//  Cost       a draw is one pass over c, q and D; a density 2 P K² operations. Memory (2 + K) P numbers.

public import Arrays
import CKernels
import Foundation
public import Programs

/// A normal distribution over P numbers, low rank plus diagonal.
public struct LowRankGaussian<Element: Scalar>: Sendable {
  /// c. Shape [P].
  public let mean: [Element]
  /// q. Shape [P].
  public let variances: [Element]
  /// D, oldest first. Shape [K, P].
  public let deviations: DenseArray<Element>

  /// Precondition: shapes [P], [P] and [K, P].
  public init(mean: [Element], variances: [Element], deviations: DenseArray<Element>) {
    precondition(
      variances.count == mean.count && deviations.rank == 2 && deviations.shape[1] == mean.count,
      "a mean of \(mean.count), \(variances.count) variances and deviations of shape \(deviations.shape)")
    self.mean = mean
    self.variances = variances
    self.deviations = deviations
  }

  /// K.
  public var rank: Int { deviations.shape[0] }

  /// What diag(q) and DᵀD count in (1).
  private var weights: (diagonal: Double, lowRank: Double) {
    rank < 2 ? (1, 0) : (0.5, 0.5 / Double(rank - 1))
  }

  /// Writes a draw, equation (2), with z₁ and z₂ a function of the key. `scale` widens the draws: Σ counts scale² times.
  public func draw(
    into result: UnsafeMutableBufferPointer<Element>, key: RandomKey, scale: Double = 1, pool: WorkerPool? = nil
  ) {
    var second = Philox(seed: key.seed, stream: key.stream).substream(key.step)
    draw(into: result, (0..<rank).map { _ in second.normal() }, nil, key: key, scale: scale, pool: pool)
  }

  /// Equation (2) with given numbers. Shapes [P] and [K].
  public func draw(first z1: [Element], second z2: [Double]) -> [Element] {
    precondition(
      z1.count == mean.count && z2.count == rank, "\(z1.count) and \(z2.count) numbers for \(mean.count) and \(rank)")
    var result = mean
    result.withUnsafeMutableBufferPointer { result in
      z1.withUnsafeBufferPointer { draw(into: result, z2, $0, key: RandomKey(), scale: 1, pool: nil) }
    }
    return result
  }

  private func draw(
    into result: UnsafeMutableBufferPointer<Element>, _ second: [Double], _ first: UnsafeBufferPointer<Element>?,
    key: RandomKey, scale: Double, pool: WorkerPool?
  ) {
    precondition(result.count == mean.count, "room for \(result.count) of \(mean.count) numbers")
    let factors = second.map { scale * weights.lowRank.squareRoot() * $0 }
    mean.withUnsafeBufferPointer { mean in
      variances.withUnsafeBufferPointer { variances in
        deviations.withUnsafeElements { deviations in
          factors.withUnsafeBufferPointer { factors in
            var draw = credence_low_rank_draw()
            draw.is_double = Element.self == Double.self
            draw.result = UnsafeMutableRawPointer(result.baseAddress)
            draw.centre = UnsafeRawPointer(mean.baseAddress)
            draw.squares = UnsafeRawPointer(variances.baseAddress)
            draw.columns = UnsafeRawPointer(deviations.baseAddress)
            draw.weights = factors.baseAddress
            draw.rank = rank
            draw.count = result.count
            draw.noise = UnsafeRawPointer(first?.baseAddress)
            draw.step.spread = scale * weights.diagonal.squareRoot()
            draw.step.key = credence_random_key(seed: key.seed, stream: key.stream, step: key.step, site: noiseSite)
            credence_low_rank_run(&draw, pool?.raw)
          }
        }
      }
    }
  }

  /// log N(x | c, Σ), equation (3). Unit: nats. −∞ where a variance is zero.
  ///
  /// - Parameter x: Shape [P].
  public func logDensity(_ x: [Element]) -> Double {
    precondition(x.count == mean.count, "a point of \(x.count) numbers for a Gaussian of \(mean.count)")
    let (diagonal, lowRank) = weights
    let factor = lowRank.squareRoot()
    var logDeterminant = 0.0
    var quadratic = 0.0
    for i in x.indices {
      let a = diagonal * Double(variances[i])
      guard a > 0 else { return -.infinity }
      let r = Double(x[i]) - Double(mean[i])
      logDeterminant += log(a)
      quadratic += r * r / a
    }
    // V A⁻¹ r and M, a column of D at a time.
    let k = lowRank > 0 ? rank : 0
    var projected = [Double](repeating: 0, count: k)
    var matrix = [Double](repeating: 0, count: k * k)
    for j in 0..<k {
      for l in 0...j {
        matrix[j * k + l] = (j == l ? 1 : 0) + lowRank * weightedDot(j, l, diagonal: diagonal)
      }
      projected[j] = x.indices.reduce(0) { sum, i in
        sum + factor * Double(deviations.elements[j * x.count + i]) * (Double(x[i]) - Double(mean[i]))
          / (diagonal * Double(variances[i]))
      }
    }
    // L in place of the lower triangle of M, and L⁻¹ of the projection.
    for j in 0..<k {
      for l in 0...j {
        var sum = matrix[j * k + l]
        for m in 0..<l { sum -= matrix[j * k + m] * matrix[l * k + m] }
        matrix[j * k + l] = j == l ? sum.squareRoot() : sum / matrix[l * k + l]
      }
      for l in 0..<j { projected[j] -= matrix[j * k + l] * projected[l] }
      projected[j] /= matrix[j * k + j]
      logDeterminant += 2 * log(matrix[j * k + j])
      quadratic -= projected[j] * projected[j]
    }
    return -0.5 * (Double(x.count) * log(2 * .pi) + logDeterminant + quadratic)
  }

  /// Σᵢ Dⱼᵢ Dₗᵢ / (diagonal qᵢ).
  private func weightedDot(_ j: Int, _ l: Int, diagonal: Double) -> Double {
    let (p, d) = (mean.count, deviations.elements)
    return (0..<p).reduce(0) { $0 + Double(d[j * p + $1]) * Double(d[l * p + $1]) / (diagonal * Double(variances[$1])) }
  }

  /// Σ, equation (1), for few parameters. Shape [P, P].
  public var covariance: DenseArray<Double> {
    let (p, (diagonal, lowRank)) = (mean.count, weights)
    var matrix = DenseArray<Double>(repeating: 0, shape: [p, p])
    for i in 0..<p {
      for j in 0..<p {
        let product = (0..<rank).reduce(0) { $0 + Double(deviations[$1, i]) * Double(deviations[$1, j]) }
        matrix[i, j] = lowRank * product + (i == j ? diagonal * Double(variances[i]) : 0)
      }
    }
    return matrix
  }
}
