//  MatrixNormalBlock.swift — a weight matrix whose rows and whose columns are correlated: W = M + A E Bᵀ,  λ = (M, A, B).
//
//  Notation   W  [O, I]     E  standard normal, [O, I]     A [O, O], B [I, I]  lower triangular, diagonals softplus
//
//  Equations  (1) covariance of vec W = AAᵀ ⊗ BBᵀ                                             [Louizos and Welling 2016]
//             (2) log q = −½ Σ E² − I Σ log Aᵢᵢ − O Σ log Bⱼⱼ − ½ O I log 2π
//             (3) variance of Wᵢⱼ = (Σₖ Aᵢₖ²) (Σₗ Bⱼₗ²)
//
//  A and B are trained as shares of their diagonals, row by row, see `VariationalBlock`.
//
//  Cost       O² + I² numbers beside M; a draw is two products, O I (O + I) steps. The paper has diagonal factors.

package import Arrays
package import Programs

package struct MatrixNormalBlock: VariationalBlock {
  package let rows: Int
  package let columns: Int

  /// O and I.
  package init(rows: Int, columns: Int) { (self.rows, self.columns) = (rows, columns) }

  package var size: Int { rows * columns }
  package var count: Int { size + rows * (rows + 1) + columns * (columns + 1) }

  package func lambda(ofTrained vector: Tensor) -> Tensor {
    var parts = BlockParameters(vector)
    let mean = parts.take([size])
    let (rowSpread, rowShares) = (parts.take([rows]), parts.take([rows, rows]))
    let (columnSpread, columnShares) = (parts.take([columns]), parts.take([columns, columns]))
    return concatenate(
      [
        mean, rowSpread, NormalBlock.parts(rowShares, of: rowSpread), columnSpread,
        NormalBlock.parts(columnShares, of: columnSpread),
      ], axis: 0)
  }

  package func trained(_ lambda: [Double]) -> [Double] {
    let below = size + rows
    let right = below + rows * rows
    let last = right + columns
    return lambda[..<below] + NormalBlock.shares(lambda[below..<right], of: lambda[size..<below], columns: rows)
      + lambda[right..<last] + NormalBlock.shares(lambda[last...], of: lambda[right..<last], columns: columns)
  }

  /// A begins at the mean deviation of each row, B at the identity.
  package func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double] {
    let ofRows = (0..<rows).map { deviations[$0 * columns..<($0 + 1) * columns].reduce(0, +) / Double(columns) }
    return means + NormalBlock.spreads(ofRows) + [Double](repeating: 0, count: rows * rows)
      + NormalBlock.spreads([Double](repeating: 1, count: columns)) + [Double](repeating: 0, count: columns * columns)
  }

  package func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw {
    var parts = BlockParameters(lambda)
    let mean = parts.take([rows, columns])
    let (rowSpread, rowBelow) = (parts.take([rows]), parts.take([rows, rows]))
    let (columnSpread, columnBelow) = (parts.take([columns]), parts.take([columns, columns]))
    let left = NormalBlock.lowerFactor(rowBelow, diagonal: rowSpread)
    let right = NormalBlock.lowerFactor(columnBelow, diagonal: columnSpread)
    let epsilon = noise([rows, columns])
    let deviation = matmul(matmul(left, epsilon), right, transposeRight: true)
    let logVolume =
      log(softplus(rowSpread)).sum() * Double(columns) + log(softplus(columnSpread)).sum() * Double(rows)
    let variance =
      left.squared.sum(axes: [1]).reshaped([rows, 1]) * right.squared.sum(axes: [1]).reshaped([1, columns])  // (3)
    return BlockDraw(
      values: (mean + deviation).reshaped([size]), logDensity: NormalBlock.logDensity(of: epsilon) - logVolume,  // (2)
      entropy: logVolume + NormalBlock.entropyConstant(size),
      moments: (mean.reshaped([size]), variance.reshaped([size])))
  }
}
