//  LowRankBlock.swift — a normal whose covariance is a diagonal and a few directions: θ = μ + σ ε + V η,  λ = (μ, ρ, V).
//
//  Notation   σ = softplus(ρ) [n]     V  [n, K]     η  standard normal, [K]     W = V / σ, row by row     M = I + WᵀW
//
//  Equations  (1) covariance  = diag(σ²) + V Vᵀ
//             (2) log|covariance| = 2 Σ log σ + log|M|                                   [the matrix determinant lemma]
//             (3) log q(θ) = −½ (‖d‖² − ‖C⁻¹ Wᵀ d‖²) − ½ (2) − ½ n log 2π,  d = (θ − μ) / σ,  M = C Cᵀ   [Woodbury's identity]
//
//  V is trained as shares of σ, row by row, see `SharesBlock`: as W √K.
//
//  Cost       (K + 2) n numbers; a step costs K more passes than a mean field.

package import Arrays
package import Programs

package struct LowRankBlock: SharesBlock {
  package let size: Int
  /// K.
  package let rank: Int

  package init(size: Int, rank: Int) { (self.size, self.rank) = (size, rank) }

  package var columns: Int { rank }

  /// Measured as the greatest resident size of fits of a million weights with ranks 1 to 40.
  package var vectors: Double { 26 }

  package func memoryProblem(limit: Int) -> String? {
    let room = Double(limit) / (4 * Double(size))
    let fitting = max(0, min(rank - 1, Int(((room - 42) / vectors).rounded(.down))))
    let variants = (fitting >= 1 ? [("a rank of \(fitting)", LowRankBlock(size: size, rank: fitting).memory)] : [])
    return MemoryNeed(subject: "a covariance of rank \(rank) over \(size) weights needs", bytes: memory).problem(
      limit: limit, variants: variants + [("a mean field", 48 * Double(size))])
  }

  /// V begins at a tenth of the deviations: at zero it would stay there, since a direction is learned from what it adds.
  package func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double] {
    let share = 0.1 / Double(rank).squareRoot()
    return means + NormalBlock.spreads(deviations)
      + deviations.flatMap { deviation in (0..<rank).map { _ in share * deviation * random.normal() } }
  }

  package func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw {
    var parts = BlockParameters(lambda)
    let (mean, deviation) = (parts.take([size]), softplus(parts.take([size])))
    let directions = parts.take([size, rank])
    let (epsilon, eta) = (noise([size]), noise([rank]))
    let values =
      mean + deviation * epsilon + matmul(directions, eta.reshaped([rank, 1])).reshaped([size])
    let normal = LowRankNormal(mean: mean, deviation: deviation, directions: directions)
    return BlockDraw(
      values: values, logDensity: normal.logDensity(values), entropy: normal.entropy,
      moments: (mean, deviation.squared + directions.squared.sum(axes: [1])))
  }
}

/// The density of (1), traced.
package struct LowRankNormal {
  private let mean: Tensor
  private let deviation: Tensor
  private let scaled: Tensor
  private let factor: Tensor

  /// Shapes [n], [n], [n, K].
  package init(mean: Tensor, deviation: Tensor, directions: Tensor) {
    (self.mean, self.deviation) = (mean, deviation)
    let rank = directions.shape[1]
    scaled = directions / deviation.reshaped([deviation.shape[0], 1])
    let identity =
      Tensor.iota(shape: [rank, rank], axis: 0) .== Tensor.iota(shape: [rank, rank], axis: 1)
    factor = (identity + matmul(scaled, scaled, transposeLeft: true)).choleskyFactor
  }

  /// Equation (2). Shape [].
  package var logDeterminant: Tensor { (log(deviation).sum() + log(factor.diagonal).sum()) * 2 }

  /// Shape []. Unit: nats.
  package var entropy: Tensor { logDeterminant * 0.5 + NormalBlock.entropyConstant(mean.shape[0]) }

  /// Equation (3). Shape [n] → []. Unit: nats.
  package func logDensity(_ values: Tensor) -> Tensor {
    let count = mean.shape[0]
    let distance = (values - mean) / deviation
    let along = factor.triangularSolve(matmul(scaled, distance.reshaped([count, 1]), transposeLeft: true))
    return (distance.squared.sum() - along.squared.sum()) * -0.5 - logDeterminant * 0.5
      - Double(count) * NormalBlock.halfLogTwoPi
  }
}
