//  PointBlock.swift — elements without a distribution, moved towards the highest bound: θ = λ.

package import Arrays
package import Programs

package struct PointBlock: VariationalBlock {
  package let size: Int

  package init(size: Int) { self.size = size }

  package var count: Int { size }

  package func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double] { means }

  package func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw { BlockDraw(values: lambda, logDensity: nil) }
}
