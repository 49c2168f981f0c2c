//  KernelSteinDiscrepancy.swift — how far draws are from a density of which only the gradient is known.
//
//  Notation   xᵢ  draws, [n, D]     gᵢ = ∇ log p(xᵢ), [n, D]     d = xᵢ − xⱼ,  q = c² + |d|²
//
//  Equations  (1) k(x, y) = q^β, the inverse multiquadric; β = −1/2                    [Gorham and Mackey 2017]
//             (2) k₀(xᵢ, xⱼ) = gᵢ·gⱼ qᵝ + 2β qᵝ⁻¹ (gⱼ − gᵢ)·d − 2β D qᵝ⁻¹ − 4β(β−1) |d|² qᵝ⁻²
//             (3) KSD² = 1/n² Σᵢⱼ k₀(xᵢ, xⱼ);  unbiased: 1/(n(n−1)) Σ over i ≠ j
//
//  (2) has mean 0 under p in each argument, whatever the normalising constant. Unlike R-hat it also sees a sampler that
//  converges to the wrong distribution; like all scores by gradients it is slow to see wrong weights of distant modes.
//
//  Cost       n² D. Thin the chains to a few thousand draws.

public import Arrays
import Foundation

/// The kernel Stein discrepancy of draws from a density.
public struct KernelSteinDiscrepancy: Hashable, Sendable {
  /// KSD, the root of the mean over all pairs: 0 only if the draws are from the density. Biased upward by about 1/√n.
  public let value: Double

  /// The estimate of KSD² without bias; may be negative.
  public let unbiasedSquare: Double

  /// - Parameters:
  ///   - draws: x. Shape [n, D].
  ///   - gradients: ∇ log p at each. Shape [n, D].
  ///   - scale: c, the length over which draws are compared, in the unit of the draws.
  ///
  /// Precondition: equal shapes of rank 2, n ≥ 2, scale > 0.
  public init(draws: DenseArray<Double>, gradients: DenseArray<Double>, scale: Double = 1) {
    precondition(
      draws.rank == 2 && draws.shape == gradients.shape && draws.shape[0] >= 2 && scale > 0,
      "draws and gradients are [n, D] with n ≥ 2, not \(draws.shape) and \(gradients.shape)")
    let (count, dimension) = (draws.shape[0], draws.shape[1])
    var diagonal = 0.0
    var offDiagonal = 0.0
    for i in 0..<count {
      diagonal += Self.steinKernel(draws.elements, gradients.elements, i, i, dimension, scale)
      for j in 0..<i {
        offDiagonal += 2 * Self.steinKernel(draws.elements, gradients.elements, i, j, dimension, scale)
      }
    }
    let n = Double(count)
    value = max(0, diagonal + offDiagonal).squareRoot() / n
    unbiasedSquare = offDiagonal / (n * (n - 1))
  }

  /// k₀, equation (2) with β = −1/2.
  static func steinKernel(
    _ x: [Double], _ g: [Double], _ i: Int, _ j: Int, _ dimension: Int, _ scale: Double
  ) -> Double {
    var (gradients, slope, distance) = (0.0, 0.0, 0.0)
    for axis in 0..<dimension {
      let (a, b) = (i * dimension + axis, j * dimension + axis)
      let d = x[a] - x[b]
      gradients += g[a] * g[b]
      slope += (g[b] - g[a]) * d
      distance += d * d
    }
    let q = scale * scale + distance
    let root = 1 / q.squareRoot()
    return root * (gradients + (Double(dimension) - slope) / q - 3 * distance / (q * q))
  }
}
