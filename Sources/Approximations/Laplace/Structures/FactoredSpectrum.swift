//  FactoredSpectrum.swift — a Laplace approximation whose curvature has few directions.
//
//  Notation   F = Rᵀ R, R [r, P]     δ the precision of the prior     A = √s R δ^(−½) [r, P]
//             A Aᵀ = E diag(μ) Eᵀ     W = μ^(−½) Eᵀ A [r, P], orthonormal rows
//
//  Equations  (1) Λ = δ^½ (I + Wᵀ diag(μ) W) δ^½
//             (2) log det Λ = Σ log δ + Σ log(1 + μ)
//             (3) Λ^(−½) = δ^(−½) (I − Wᵀ diag(c) W),  c = 1 − (1 + μ)^(−½):  for draws, and for J Λ⁻¹ Jᵀ
//             (4) Σ over slice l of δᵢ (Λ⁻¹)ᵢᵢ = its count − Σₖ (Eᵀ A_l A_lᵀ E)ₖₖ/(1 + μₖ),  A_l the columns of A in the slice
//
//  In the directions that R lacks, the prior stays. With the rows of M examples this is Gaussian process regression of the linearised
//  network on them, its kernel J δ⁻¹ Jᵀ, in weight space [Khan 2019].
//
//  Accuracy   A Aᵀ is added up in double, so that the small μ are as good as the rows: where these are in `Float`, down to the square of
//             their rounding. (3) subtracts: an error of W's norms grows by the factor √(1 + μ) in a variance. W is therefore computed in
//             double, a block of columns at a time, and rounded once. In `Float` a deviation is then off by 10⁻⁷ of the prior's at most,
//             which matters where μ is of the order of 10¹² only; in `Double` it is that of `DenseSpectrum`.
//
//  Trials     (2) and (4) need R_l R_lᵀ of each slice only, [r, r]: these are kept. With one δ for all, W and E do not depend on it,
//             and μ is in proportion to 1/δ: a trial then costs r.
//
//  Cost       memory r P and r² for each slice; r² P multiply-adds once, r³ for a trial, r P for a row of a Jacobian.

package import Arrays
package import Curvatures
package import Probability
package import Programs

/// A curvature of low rank.
package struct FactoredSpectrum<Element: Scalar>: CurvatureSpectrum {
  package let slices: [ParameterSlice]
  private let rows: DenseArray<Element>
  /// R_l R_lᵀ of each slice.
  private let grams: [DenseArray<Double>]
  /// (1) with δ = 1 and s = 1, and its W.
  private let plain: Eigen
  private let plainDirections: DenseArray<Element>

  /// E and μ of (1), and (Eᵀ A_l A_lᵀ E)ₖₖ of each slice.
  private struct Eigen {
    var values: [Double]
    var shares: [[Double]]
    /// Shape [r, r], a vector a row.
    let vectors: DenseArray<Double>
  }

  package init(_ curvature: FactoredCurvature<Element>) {
    slices = curvature.slices
    rows = curvature.rows
    let rows = curvature.rows
    var start = 0
    grams = curvature.slices.map { slice in
      defer { start += slice.shape.count }
      var gram = DenseArray<Double>(repeating: 0, shape: [rows.shape[0], rows.shape[0]])
      Self.forEachBlock(of: start..<start + slice.shape.count) { block in
        let part = Self.columns(rows, block)
        gram =
          Program(inputs: [gram.shape, part.shape]) { t in [t[0] + matmul(t[1], t[1], transposeRight: true)] }
          .run([gram, part])[0]
      }
      return gram
    }
    plain = Self.eigen(grams, factors: grams.map { _ in 1 })
    plainDirections = Self.directions(rows, plain, scale: 1, DenseArray(repeating: 1, shape: [rows.shape[1]]))
  }

  /// E, μ and the shares with the factor s/δ of each slice.
  private static func eigen(_ grams: [DenseArray<Double>], factors: [Double]) -> Eigen {
    let count = grams[0].shape[0]
    let sum = Program(inputs: grams.map(\.shape)) { t in
      let terms = zip(t, factors).map { $0 * $1 }
      return [terms.dropFirst().reduce(terms[0], +)]
    }.run(grams)[0]
    let eigen = SymmetricEigen(sum)
    let largest = eigen.values.elements.last ?? 0
    // A Aᵀ has the rounding of `Double`, the rows have that of `Element`, and their products its square.
    let rounding = 16 * Double(Element.ulpOfOne)
    let least = largest * max(16 * Double.ulpOfOne, rounding * rounding)
    let values = eigen.values.elements.map { $0 > least ? $0 : 0 }
    let shares = Program(inputs: [eigen.vectors.shape] + grams.map(\.shape)) { t in
      t.dropFirst().map { (matmul(t[0], $0) * t[0]).sum(axes: [1]) }
    }.run([eigen.vectors] + grams)
    return Eigen(
      values: values,
      shares: zip(shares, factors).map { share, factor in
        (0..<count).map { values[$0] > 0 ? factor * share.elements[$0] : 0 }
      }, vectors: eigen.vectors)
  }

  /// E, μ and the shares for precisions of slices.
  private func eigen(_ prior: PriorPrecision, _ scale: Double) -> Eigen {
    precondition(prior.byElement == nil, "a precision for each parameter needs a diagonal curvature")
    let factors = prior.bySlice.map { scale / $0 }
    guard factors.allSatisfy({ $0 == factors[0] }) else { return Self.eigen(grams, factors: factors) }
    var eigen = plain
    eigen.values = plain.values.map { factors[0] * $0 }
    eigen.shares = plain.shares.map { share in share.map { factors[0] * $0 } }
    return eigen
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
    let eigen = eigen(prior, scale)
    return PrecisionTerms(
      logDeterminant: eigen.values.reduce(prior.sliceLogSums.reduce(0, +)) { $0 + logarithm(1 + $1) },  // (2)
      priorShares: zip(slices, eigen.shares).map { slice, shares in
        zip(eigen.values, shares).reduce(Double(slice.shape.count)) { $0 - $1.1 / (1 + $1.0) }  // (4)
      })
  }

  package func whitened(_ prior: PriorPrecision, slope: [Double], offset: [Double]) -> WhitenedSpectrum {
    let eigen = eigen(prior, 1)
    let roots = prior.elements.map { $0.squareRoot() }
    let isShared = prior.bySlice.allSatisfy { $0 == prior.bySlice[0] }
    let directions =
      isShared ? plainDirections : Self.directions(rows, eigen, scale: 1, DenseArray(roots.map { 1 / $0 }))
    let count = eigen.values.count
    var (slopes, offsets) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    Self.forEachBlock(of: 0..<roots.count) { block in
      let columns = block.map { slope[$0] / roots[$0] } + block.map { offset[$0] * roots[$0] }
      let part = rotate(DenseArray(columns, shape: [2, block.count]), by: Self.columns(directions, block)).elements
      for row in 0..<count {
        slopes[row] += part[row]
        offsets[row] += part[count + row]
      }
    }
    return WhitenedSpectrum(curvatures: eigen.values, slopes: slopes, offsets: offsets)
  }

  package func posterior(_ prior: PriorPrecision, scale: Double) -> FactoredPosterior<Element> {
    let eigen = eigen(prior, scale)
    let deviations = DenseArray(prior.elements.map { 1 / $0.squareRoot() })
    let isShared = prior.bySlice.allSatisfy { $0 == prior.bySlice[0] }
    let shrinkage = DenseArray(eigen.values.map { Element(1 - 1 / (1 + $0).squareRoot()) })
    return FactoredPosterior(
      slices: slices,
      directions: isShared ? plainDirections : Self.directions(rows, eigen, scale: scale, deviations),
      shrinkage: shrinkage, deviations: deviations.converted()
    ).storable
  }

  /// W = μ^(−½) Eᵀ A.
  private static func directions(
    _ rows: DenseArray<Element>, _ eigen: Eigen, scale: Double, _ deviations: DenseArray<Double>
  ) -> DenseArray<Element> {
    let (count, width) = (rows.shape[0], rows.shape[1])
    let inverse = DenseArray(eigen.values.map { $0 > 0 ? (scale / $0).squareRoot() : 0 }, shape: [count, 1])
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
    return directions
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
