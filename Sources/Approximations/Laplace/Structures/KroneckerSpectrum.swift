//  KroneckerSpectrum.swift — a Laplace approximation with a Kronecker block for each slice.
//
//  Notation   A = Σ aᵢ uᵢ uᵢᵀ [I, I], B = Σ b_o v_o v_oᵀ [O, O], eigendecomposed     δ  precision of the prior in a block
//
//  Equations  (1) Λ = s B ⊗ A + δ I has the eigenvalues s b_o aᵢ + δ: nothing is approximated in adding δ
//             (2) log det Λ = Σ log(s b_o aᵢ + δ)
//             (3) one position:  Cov f = Σ_o (Vᵀ D)_o (Vᵀ D)_oᵀ Σᵢ (Uᵀ a)²ᵢ / (s b_o aᵢ + δ), no Jacobian is formed
//             (4) W = W* + V (Z / √(s b aᵀ + δ)) Uᵀ,  Z standard normal, [O, I]
//             (5) diag Λ⁻¹ = V² (1 / (s b aᵀ + δ)) (U²)ᵀ,  squares taken elementwise
//
//  Cost       memory and time of a prediction grow with I² + O², not with (I O)².                        [Ritter 2018]

package import Arrays
package import Curvatures
import Foundation
package import Probability

/// The eigendecomposed factors of a curvature.
package struct KroneckerSpectrum<Element: Scalar>: CurvatureSpectrum {
  package typealias Block = KroneckerCurvature<Element>.Block

  package let blocks: [Block]
  /// Of each factor. Eigenvalues that rounding has made negative count as zero.
  package let factors: [SymmetricEigen<Element>]

  package init(_ curvature: KroneckerCurvature<Element>, threads: Int = 1) {
    blocks = curvature.blocks
    factors = curvature.eigendecompositions(threads: threads).map(\.clamped)
  }

  package var slices: [ParameterSlice] { blocks.map(\.slice) }

  package func terms(_ prior: PriorPrecision, scale: Double) -> PrecisionTerms {
    var terms = PrecisionTerms(logDeterminant: 0, priorShares: [])
    for (block, precision) in zip(blocks, prior.bySlice) {
      let left = factors[block.outputFactor].values.elements
      let right = block.inputFactor.map { factors[$0].values } ?? DenseArray([1])
      let shift = precision / scale
      let sums = right.withUnsafeElements { Kernels<Element>.kroneckerSums(left, $0, shift: shift) }
      terms.logDeterminant += sums.logarithms + Double(left.count * right.count) * log(scale)  // (2), s taken out
      terms.priorShares.append(shift * sums.inverses)
    }
    return terms
  }

  package func posterior(_ prior: PriorPrecision, scale: Double) -> KroneckerPosterior<Element> {
    KroneckerPosterior(blocks: blocks, factors: factors, precisions: prior.bySlice, scale: scale)
  }
}

extension SymmetricEigen {
  /// The same with negative eigenvalues set to zero.
  fileprivate var clamped: SymmetricEigen {
    SymmetricEigen(
      values: DenseArray(values.elements.map { Swift.max($0, 0) }, shape: values.shape), vectors: vectors)
  }
}
