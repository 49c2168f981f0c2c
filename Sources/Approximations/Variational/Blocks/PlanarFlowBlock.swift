//  PlanarFlowBlock.swift — independent normals, bent by layers that push along one direction each.
//
//  Notation   z₀ = μ + softplus(ρ) ε     u, w [n], b []  of a layer     ψ = (1 − tanh²(wᵀz + b)) w
//
//  Equations  (1) z ← z + û tanh(wᵀz + b),  û = u + (softplus(wᵀu) − 1 − wᵀu) w / ‖w‖²           [Rezende and Mohamed 2015]
//             (2) log q = log N(z₀) − Σ log |1 + ûᵀψ|
//
//  û keeps wᵀû above −1, so that each layer is invertible.  λ = (μ, ρ, then u, w, b of each layer).

package import Arrays
package import Programs

package struct PlanarFlowBlock: VariationalBlock {
  package let size: Int
  package let layers: Int

  package init(size: Int, layers: Int) { (self.size, self.layers) = (size, layers) }

  package var count: Int { 2 * size + layers * (2 * size + 1) }

  package func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double] {
    // Nearly the identity: wᵀu = log(e − 1) would be it exactly, but a small push breaks the symmetry of the layers.
    let scale = 0.01 / Double(size).squareRoot()
    var lambda = means + NormalBlock.spreads(deviations)
    for _ in 0..<layers {
      let w = (0..<size).map { _ in random.normal() / Double(size).squareRoot() }
      let square = w.reduce(0) { $0 + $1 * $1 }
      lambda += w.map { inverseSoftplusOfOne * $0 / square + scale * random.normal() } + w + [0]
    }
    return lambda
  }

  /// wᵀu at which û has no part along w.
  private var inverseSoftplusOfOne: Double { 0.541_324_854_612_918_3 }

  package func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw {
    var parts = BlockParameters(lambda)
    let (mean, deviation) = (parts.take([size]), softplus(parts.take([size])))
    let epsilon = noise([size])
    var z = mean + deviation * epsilon
    var logDensity = NormalBlock.logDensity(of: epsilon) - log(deviation).sum()
    for _ in 0..<layers {
      let (u, w, b) = (parts.take([size]), parts.take([size]), parts.take([]))
      let (next, logDeterminant) = Self.layer(z, u: u, w: w, b: b)
      z = next
      logDensity = logDensity - logDeterminant  // (2)
    }
    return BlockDraw(values: z, logDensity: logDensity)
  }

  /// Equation (1) and log |1 + ûᵀψ|.
  package static func layer(_ z: Tensor, u: Tensor, w: Tensor, b: Tensor) -> (z: Tensor, logDeterminant: Tensor) {
    let along = (w * u).sum()
    let push = u + w * ((softplus(along) - 1 - along) / w.squared.sum())
    let bend = tanh((w * z).sum() + b)
    return (z + push * bend, log(abs((push * w).sum() * (1 - bend.squared) + 1)))
  }
}
