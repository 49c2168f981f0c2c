//  FactoredSpectrum.swift — a Laplace approximation whose curvature has few directions.
//
//  Notation   F = Rᵀ R, R [r, P]     δ the precision of the prior     A = √s R δ^(−½) [r, P]
//             A Aᵀ = E diag(μ) Eᵀ     W = μ^(−½) Eᵀ A [r, P], orthonormal rows
//
//  Equations  (1) Λ = δ^½ (I + Wᵀ diag(μ) W) δ^½
//             (2) log det Λ = Σ log δ + Σ log(1 + μ)
//             (3) Λ^(−½) = δ^(−½) (I − Wᵀ diag(c) W),  c = 1 − (1 + μ)^(−½):  for draws, and for J Λ⁻¹ Jᵀ
//             (4) Σ over a slice of δᵢ (Λ⁻¹)ᵢᵢ = its count − Σₖ μₖ/(1 + μₖ) Σᵢ W²ₖᵢ
//
//  In the directions that R lacks, the prior stays. With the rows of M examples this is Gaussian process regression of the linearised
//  network on them, its kernel J δ⁻¹ Jᵀ, in weight space [Khan 2019].
//
//  Accuracy   (3) subtracts: an error of W's norms grows by the factor √(1 + μ) in a variance. W is therefore computed in double,
//             a block of columns at a time, and rounded once.
//
//  One δ      W does not depend on it, and μ = s λ/δ with λ the eigenvalues of R Rᵀ: a trial of it costs r.
//
//  Cost       memory r P; r² P multiply-adds, once for all precisions that are the same for all parameters, otherwise for each
//             trial; and r P for a row of a Jacobian.

package import Arrays
package import Curvatures
package import Probability
package import Programs

/// A curvature of low rank.
package struct FactoredSpectrum<Element: Scalar>: CurvatureSpectrum {
  package let slices: [ParameterSlice]
  private let rows: DenseArray<Element>
  /// (1) with δ = 1 and s = 1.
  private let plain: Whitened

  /// W and μ of (1), and Σᵢ W²ₖᵢ over each slice for each k.
  private struct Whitened {
    let directions: DenseArray<Element>
    var values: [Double]
    let shares: [[Double]]
  }

  package init(_ curvature: FactoredCurvature<Element>) {
    slices = curvature.slices
    rows = curvature.rows
    plain = Self.whitened(rows, slices, DenseArray(repeating: 1, shape: [rows.shape[1]]))
  }

  /// (1) for any precisions, with δ^(−½).
  private func whitened(_ prior: PriorPrecision, _ scale: Double) -> (parts: Whitened, deviations: DenseArray<Double>) {
    let deviations = DenseArray(prior.elements.map { 1 / $0.squareRoot() })
    let isShared = prior.byElement == nil && prior.bySlice.allSatisfy { $0 == prior.bySlice[0] }
    var parts = isShared ? plain : Self.whitened(rows, slices, deviations)
    let factor = isShared ? scale / prior.bySlice[0] : scale
    parts.values = parts.values.map { factor * $0 }
    return (parts, deviations)
  }

  /// (1) with s = 1.
  private static func whitened(
    _ rows: DenseArray<Element>, _ slices: [ParameterSlice], _ deviations: DenseArray<Double>
  ) -> Whitened {
    let (count, width) = (rows.shape[0], rows.shape[1])
    var gram = DenseArray<Double>(repeating: 0, shape: [count, count])
    forEachBlock(of: 0..<width) { block in
      gram =
        Program(inputs: [gram.shape, [count, block.count], [block.count]]) { t in
          let scaled = t[1] * t[2]
          return [t[0] + matmul(scaled, scaled, transposeRight: true)]
        }.run([gram, columns(rows, block), deviations.rows(block)])[0]
    }
    let eigen = SymmetricEigen(gram)
    let largest = eigen.values.elements.last ?? 0
    // The rows themselves are rounded to `Element`.
    let values = eigen.values.elements.map { $0 > largest * 16 * Double(Element.ulpOfOne) ? $0 : 0 }
    let inverse = DenseArray(values.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }, shape: [count, 1])
    var directions = DenseArray<Element>(repeating: 0, shape: [count, width])
    forEachBlock(of: 0..<width) { block in
      let part = Program(inputs: [inverse.shape, eigen.vectors.shape, [count, block.count], [block.count]]) { t in
        [t[0] * matmul(t[1], t[2] * t[3])]
      }.run([inverse, eigen.vectors, columns(rows, block), deviations.rows(block)])[0].converted(to: Element.self)
      directions.withUnsafeMutableElements { all in
        for row in 0..<count {
          for column in 0..<block.count {
            all[row * width + block.lowerBound + column] = part.elements[row * block.count + column]
          }
        }
      }
    }
    var start = 0
    let shares = slices.map { slice in
      defer { start += slice.shape.count }
      return directions.withUnsafeElements { all in
        (0..<count).map { row in
          all[row * width + start..<row * width + start + slice.shape.count].reduce(0.0) { $0 + Double($1) * Double($1) }
        }
      }
    }
    return Whitened(directions: directions, values: values, shares: shares)
  }

  private static func forEachBlock(of range: Range<Int>, _ body: (Range<Int>) -> Void) {
    let size = 1 << 14
    for start in stride(from: range.lowerBound, to: range.upperBound, by: size) {
      body(start..<min(start + size, range.upperBound))
    }
  }

  /// Columns of R in double. Shape [r, columns].
  private static func columns(_ rows: DenseArray<Element>, _ block: Range<Int>) -> DenseArray<Double> {
    let (count, width) = (rows.shape[0], rows.shape[1])
    let part = rows.withUnsafeElements { all in
      (0..<count).flatMap { row in all[row * width + block.lowerBound..<row * width + block.upperBound] }
    }
    return DenseArray(part, shape: [count, block.count]).converted()
  }

  package func terms(_ prior: PriorPrecision, scale: Double) -> PrecisionTerms {
    let parts = whitened(prior, scale).parts
    let determined = parts.values.map { $0 / (1 + $0) }
    return PrecisionTerms(
      logDeterminant: parts.values.reduce(prior.sliceLogSums.reduce(0, +)) { $0 + logarithm(1 + $1) },  // (2)
      priorShares: zip(slices, parts.shares).map { slice, shares in
        zip(determined, shares).reduce(Double(slice.shape.count)) { $0 - $1.0 * $1.1 }  // (4)
      })
  }

  package func posterior(_ prior: PriorPrecision, scale: Double) -> FactoredPosterior<Element> {
    let (parts, deviations) = whitened(prior, scale)
    let shrinkage = DenseArray(parts.values.map { Element(1 - 1 / (1 + $0).squareRoot()) })
    return FactoredPosterior(
      slices: slices, directions: parts.directions, shrinkage: shrinkage, deviations: deviations.converted())
  }
}

/// N(θ*, Λ⁻¹) with the covariance of the prior outside of a few directions.
package struct FactoredPosterior<Element: Scalar>: WeightPosterior {
  package let slices: [ParameterSlice]
  /// W, c and δ^(−½). Shapes [r, P], [r] and [P].
  let directions: DenseArray<Element>
  let shrinkage: DenseArray<Element>
  let deviations: DenseArray<Element>

  package var arrays: [DenseArray<Element>] { [directions, shrinkage, deviations] }

  /// Rows times (3).
  private func whitened(_ rows: Tensor, _ directions: Tensor, _ shrinkage: Tensor, _ deviations: Tensor) -> Tensor {
    let scaled = rows * deviations
    return scaled - matmul(matmul(scaled, directions, transposeRight: true) * shrinkage, directions)
  }

  package func covariance(_ trace: NetworkTrace) -> Tensor {
    let rows = trace.exampleGradients(of: slices, columns: trace.identityColumns)
    let whitened = whitened(rows, trace.extra[0], trace.extra[1], trace.extra[2])
    return Approximations.covariance(ofWhitened: whitened, outputs: trace.outputs.shape[1])
  }

  package func exampleSize(_ trace: NetworkTrace) -> Int { trace.outputs.shape[1] * deviations.count }

  package func variances() -> [Double] {
    let width = deviations.count
    return (0..<width).map { place in
      var inner = 1.0
      for row in 0..<shrinkage.count {
        let (own, c) = (Double(directions.elements[row * width + place]), Double(shrinkage.elements[row]))
        inner -= own * own * c * (2 - c)
      }
      return inner * Double(deviations.elements[place]) * Double(deviations.elements[place])
    }
  }

  package func deviation(using generator: inout Philox) -> [Element] {
    let width = deviations.count
    let noise: DenseArray<Element> = generator.normal(shape: [1, width])
    let shapes = [noise.shape] + arrays.map(\.shape)
    let program = Program(inputs: shapes) { t in
      let inner = t[0] - matmul(matmul(t[0], t[1], transposeRight: true) * t[2], t[1])
      return [inner * t[3]]  // (3), transposed
    }
    return program.run([noise] + arrays)[0].elements
  }
}
