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
import Programs

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

  package func whitened(_ prior: PriorPrecision, slope: [Double], offset: [Double]) -> WhitenedSpectrum {
    var (curvatures, slopes, offsets): ([Double], [Double], [Double]) = ([], [], [])
    var start = 0
    for (block, precision) in zip(blocks, prior.bySlice) {
      let left = factors[block.outputFactor]
      let right = block.inputFactor.map { factors[$0] }
      let width = right?.values.count ?? 1
      let range = start..<start + left.values.count * width
      start = range.upperBound
      func rotated(_ vector: ArraySlice<Double>) -> [Double] {
        let rows: DenseArray<Element> = DenseArray(Array(vector), shape: [left.values.count, width]).converted()
        let inner = right.map { rotate(rows, by: $0.vectors) } ?? rows
        let outer = Program(inputs: [left.vectors.shape, inner.shape]) { t in [matmul(t[0], t[1])] }
          .run([left.vectors, inner])[0]
        return outer.converted(to: Double.self).elements
      }
      let inputs = right?.values.elements.map { Double($0) } ?? [1]
      curvatures += left.values.elements.flatMap { b in inputs.map { Double(b) * $0 / precision } }
      slopes += rotated(slope[range]).map { $0 / precision.squareRoot() }
      offsets += rotated(offset[range]).map { $0 * precision.squareRoot() }
    }
    return WhitenedSpectrum(curvatures: curvatures, slopes: slopes, offsets: offsets)
  }

  package func posterior(_ prior: PriorPrecision, scale: Double) -> KroneckerPosterior<Element> {
    KroneckerPosterior(blocks: blocks, factors: factors, precisions: prior.bySlice, scale: scale)
  }
}

extension KroneckerSpectrum<Float> {
  /// That of a curvature in double precision. Each eigenvalue is rounded by itself, so that small ones are as good as large ones:
  /// decomposed in single precision, all would be off by the rounding of the largest.
  package init(rounding curvature: KroneckerCurvature<Double>, threads: Int = 1) {
    blocks = curvature.blocks.map { Block($0) }
    factors = curvature.eigendecompositions(threads: threads).map { eigen in
      SymmetricEigen(values: eigen.clamped.values.converted(), vectors: eigen.vectors.converted())
    }
  }
}

extension SymmetricEigen {
  /// The same with negative eigenvalues set to zero.
  fileprivate var clamped: SymmetricEigen {
    SymmetricEigen(
      values: DenseArray(values.elements.map { Swift.max($0, 0) }, shape: values.shape), vectors: vectors)
  }
}
