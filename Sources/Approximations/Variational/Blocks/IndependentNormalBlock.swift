//  IndependentNormalBlock.swift — independent normals: θ = μ + softplus(ρ) ε,  λ = (μ, ρ).
//
//  Equations  (1) log q = −½ Σ ε² − Σ log σ − ½ n log 2π
//             (2) entropy = Σ log σ + ½ n (1 + log 2π)

package import Arrays
package import Programs

package struct IndependentNormalBlock: VariationalBlock {
  package let size: Int

  package init(size: Int) { self.size = size }

  package var count: Int { 2 * size }

  package func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double] {
    means + NormalBlock.spreads(deviations)
  }

  package func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw {
    var parts = BlockParameters(lambda)
    let (mean, deviation) = (parts.take([size]), softplus(parts.take([size])))
    let epsilon = noise([size])
    let logVolume = log(deviation).sum()
    return BlockDraw(
      values: mean + deviation * epsilon, logDensity: NormalBlock.logDensity(of: epsilon) - logVolume,  // (1)
      entropy: logVolume + NormalBlock.entropyConstant(size), moments: (mean, deviation.squared))  // (2)
  }
}
