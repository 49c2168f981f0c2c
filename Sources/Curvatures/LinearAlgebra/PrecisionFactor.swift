//  PrecisionFactor.swift — the Cholesky factor of a precision matrix: Λ = L Lᵀ.
//
//  Λ⁻¹ is never formed: what is asked of it are solves with L.

package import Arrays
import Foundation
import Programs

/// L of a positive definite Λ.
package struct PrecisionFactor: Sendable {
  /// Lower triangular. Shape [n, n].
  package let lower: DenseArray<Double>

  /// Precondition: lower triangular, with a positive diagonal.
  package init(lower: DenseArray<Double>) { self.lower = lower }

  /// `nil` when the matrix is not positive definite.
  package init?(_ matrix: DenseArray<Double>) {
    let n = matrix.shape[0]
    lower = Program(inputs: [matrix.shape]) { [$0[0].choleskyFactor] }.run([matrix])[0]
    guard (0..<n).allSatisfy({ lower.elements[$0 * (n + 1)] > 0 }) else { return nil }
  }

  private var count: Int { lower.shape[0] }

  /// log det Λ.
  package var logDeterminant: Double {
    (0..<count).reduce(0) { $0 + 2 * Foundation.log(lower.elements[$1 * (count + 1)]) }
  }

  /// L⁻ᵀ z: with z standard normal, a draw of covariance Λ⁻¹. Shape [n].
  package func solveTransposed(_ z: DenseArray<Double>) -> DenseArray<Double> {
    let program = Program(inputs: [lower.shape, [count, 1]]) { [$0[0].triangularSolve($0[1], transposed: true)] }
    return program.run([lower, z.reshaped([count, 1])])[0].reshaped([count])
  }

  /// The diagonal of Λ⁻¹: the squared lengths of the columns of L⁻¹.
  package var inverseDiagonal: [Double] {
    let program = Program(inputs: [lower.shape]) { t in
      let unit: Tensor = .iota(shape: lower.shape, axis: 0) .== .iota(shape: lower.shape, axis: 1)
      return [t[0].triangularSolve(unit).squared.sum(axes: [0])]
    }
    return program.run([lower])[0].elements
  }
}
