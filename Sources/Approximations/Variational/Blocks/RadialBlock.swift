//  RadialBlock.swift — a direction drawn uniformly and a normal distance: θ = μ + σ (ε / ‖ε‖) r,  λ = (μ, ρ).
//
//  Notation   ε  standard normal, [n]     r  standard normal, []     σ = softplus(ρ)
//
//  Equations  (1) log q = log 2 − ½ r² − ½ log 2π − log S − (n − 1) log |r| − Σ log σ,  S = 2 π^(n/2) / Γ(n/2)
//             (2) E r² (ε / ‖ε‖)ᵢ² = 1 / n: the variances are σ² / n                                [Farquhar et al. 2020]
//
//  Draws of many independent normals all lie near a sphere of radius √n, far from μ; these lie near μ as often as in one dimension.

package import Arrays
import Foundation
package import Programs

package struct RadialBlock: VariationalBlock {
  package let size: Int

  package init(size: Int) { self.size = size }

  package var count: Int { 2 * size }

  package func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double] {
    means + NormalBlock.spreads(deviations)
  }

  package func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw {
    var parts = BlockParameters(lambda)
    let (mean, deviation) = (parts.take([size]), softplus(parts.take([size])))
    let (epsilon, distance) = (noise([size]), noise([]))
    let direction = epsilon * rsqrt(epsilon.squared.sum())
    let half = 0.5 * Double(size)
    let logSphere = Foundation.log(2) + half * Foundation.log(Double.pi) - Foundation.lgamma(half)
    let logDensity =
      distance.squared * -0.5 - log(abs(distance)) * Double(size - 1) - log(deviation).sum()
      + (Foundation.log(2) - NormalBlock.halfLogTwoPi - logSphere)  // (1)
    return BlockDraw(
      values: mean + deviation * direction * distance, logDensity: logDensity,
      moments: (mean, deviation.squared * (1 / Double(size))))  // (2)
  }
}
