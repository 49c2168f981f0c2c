//  FullRankBlock.swift — one normal with a full covariance: θ = μ + L ε,  λ = (μ, ρ, A).
//
//  Notation   L  lower triangular, softplus(ρ) on its diagonal, A below it, [n, n]
//
//  Equations  (1) log q = −½ Σ ε² − Σ log Lᵢᵢ − ½ n log 2π
//             (2) entropy = Σ log Lᵢᵢ + ½ n (1 + log 2π),  variances Σⱼ Lᵢⱼ²
//
//  A is trained as shares of softplus(ρ), row by row, see `SharesBlock`: up to n numbers make the deviation of an element.
//
//  Cost       n² numbers, as often as an optimiser keeps; a draw is a product of n² steps.

package import Arrays
package import Programs

package struct FullRankBlock: SharesBlock {
  package let size: Int

  package init(size: Int) { self.size = size }

  package var columns: Int { size }

  /// λ, its gradient, two moments, and intermediates of its size and copies at the start and the end. Measured as the greatest
  /// resident size of fits of 3600 and 7200 weights.
  package var vectors: Double { 25 }

  package func memoryProblem(limit: Int) -> String? {
    MemoryNeed(subject: "a full covariance of \(size) weights needs", bytes: memory).problem(
      limit: limit,
      variants: [("a low rank of 5", LowRankBlock(size: size, rank: 5).memory), ("a mean field", 48 * Double(size))])
  }

  package func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double] {
    means + NormalBlock.spreads(deviations) + [Double](repeating: 0, count: size * size)
  }

  package func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw {
    var parts = BlockParameters(lambda)
    let (mean, spread, below) = (parts.take([size]), parts.take([size]), parts.take([size, size]))
    let factor = NormalBlock.lowerFactor(below, diagonal: spread)
    let epsilon = noise([size])
    let logVolume = log(softplus(spread)).sum()
    return BlockDraw(
      values: mean + matmul(factor, epsilon.reshaped([size, 1])).reshaped([size]),
      logDensity: NormalBlock.logDensity(of: epsilon) - logVolume,  // (1)
      entropy: logVolume + NormalBlock.entropyConstant(size), moments: (mean, factor.squared.sum(axes: [1])))  // (2)
  }
}
