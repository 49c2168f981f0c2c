//  DiagonalSpectrum.swift — a Laplace approximation with independent parameters.
//
//  Notation   F  the diagonal of the curvature, [P]     Λ = s F + δ, elementwise
//
//  Equations  (1) log det Λ = Σ log(s Fᵢ + δᵢ)
//             (2) a product z = a Wᵀ at one position:  Cov f = Σ_o D_o D_oᵀ (a² Vᵀ)_o,  V [O, I] the variances
//             (3) θ = θ* + z/√Λ
//
//  Cost       memory P; a prediction one backward pass for each output and (2). It neglects that parameters compensate each other, and so
//             overstates variances where the Gauss–Newton matrix is far from diagonal.

package import Arrays
package import Curvatures
package import Probability
package import Programs

/// The diagonal of a curvature.
package struct DiagonalSpectrum<Element: Scalar>: CurvatureSpectrum {
  package let slices: [ParameterSlice]
  /// F. Those of an exact Hessian may be negative.
  package let values: [Double]
  private let isNegativeSomewhere: Bool

  package init(_ curvature: DiagonalCurvature<Element>) {
    slices = curvature.slices
    values = curvature.values.elements.map { Double($0) }
    isNegativeSomewhere = values.contains { $0 < 0 }
  }

  package var diagonal: [Double]? { values }

  /// Λ. Throws: `CurvatureError` where it is not positive.
  private func precisions(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> [Double] {
    let sums = zip(values, prior.elements).map { scale * $0 + $1 }
    guard sums.allSatisfy({ $0 > 0 }) else { throw .indefinite }
    return sums
  }

  /// The places of the largest variances, ascending. Throws: `CurvatureError` where a variance is not positive.
  func largestVariances(_ count: Int, under prior: PriorPrecision) throws(CurvatureError) -> [Int] {
    let precisions = try precisions(prior, scale: 1)
    return precisions.indices.sorted { (precisions[$0], $1) < (precisions[$1], $0) }.prefix(max(count, 1)).sorted()
  }

  package func terms(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> PrecisionTerms {
    if isNegativeSomewhere { return terms(prior, of: try precisions(prior, scale: scale)) }
    var terms = PrecisionTerms(logDeterminant: 0, priorShares: [])
    var start = 0
    for (index, slice) in slices.enumerated() {
      let range = start..<start + slice.shape.count
      start = range.upperBound
      if let precisions = prior.byElement {
        let sums = range.map { place in scale * values[place] + precisions[place] }
        terms.logDeterminant += sums.reduce(0) { $0 + logarithm($1) }
        terms.priorShares.append(zip(range, sums).reduce(0) { $0 + precisions[$1.0] / $1.1 })
      } else {
        let precision = prior.bySlice[index]
        let sums = values[range].withUnsafeBufferPointer {
          Kernels<Double>.kroneckerSums([scale], $0, shift: precision)
        }
        terms.logDeterminant += sums.logarithms  // (1)
        terms.priorShares.append(precision * sums.inverses)
      }
    }
    return terms
  }

  /// The same of a curvature that is negative somewhere.
  private func terms(_ prior: PriorPrecision, of sums: [Double]) -> PrecisionTerms {
    let shares = zip(prior.elements, sums).map { $0 / $1 }
    var start = 0
    return PrecisionTerms(
      logDeterminant: sums.reduce(0) { $0 + logarithm($1) },  // (1)
      priorShares: slices.map { slice in
        defer { start += slice.shape.count }
        return shares[start..<start + slice.shape.count].reduce(0, +)
      })
  }

  package func whitened(_ prior: PriorPrecision, slope: [Double], offset: [Double]) -> WhitenedSpectrum {
    let precisions = prior.elements
    return WhitenedSpectrum(
      curvatures: zip(values, precisions).map { $0 / $1 },
      slopes: zip(slope, precisions).map { $0 / $1.squareRoot() },
      offsets: zip(offset, precisions).map { $0 * $1.squareRoot() })
  }

  package func posterior(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> DiagonalPosterior<Element> {
    let variances = try precisions(prior, scale: scale).map { Element(1 / $0) }
    return DiagonalPosterior(slices: slices, posteriorVariances: DenseArray(variances))
  }
}

/// Independent normal parameters.
package struct DiagonalPosterior<Element: Scalar>: WeightPosterior {
  package let slices: [ParameterSlice]
  let posteriorVariances: DenseArray<Element>

  package var arrays: [DenseArray<Element>] { [posteriorVariances] }

  package func covariance(_ trace: NetworkTrace) -> Tensor {
    let columns = trace.identityColumns
    let count = columns.count
    let names = Set(slices.map(\.name))
    let variances = trace.extra[0]
    guard trace.uses.uncovered.allSatisfy({ !names.contains($0.name) }) else {
      let rows = trace.exampleGradients(of: slices, columns: columns)
      return Approximations.covariance(ofWhitened: rows * sqrt(variances), outputs: count)
    }
    var terms: [Tensor] = []
    var start = 0
    let uses = trace.uses.uses.filter { names.contains($0.slice.name) }
    let cotangents = trace.cotangents(of: uses, columns: columns)
    for slice in slices {
      let own = uses.indices.filter { uses[$0].slice.name == slice.name }
      let variance = variances.slice(axis: 0, start..<start + slice.shape.count)
      start += slice.shape.count
      let use = uses[own[0]]
      if own.count == 1, case .product(let inputs) = use.kind, use.positions == 1 {
        let width = inputs.shape[2]
        let spread = matmul(
          inputs.reshaped([trace.examples, width]).squared, variance.reshaped([use.outputs, width]),
          transposeRight: true)
        let stacked = cotangents[own[0]].reshaped([count, trace.examples, use.outputs]).transposed([1, 0, 2])
        let weighted = stacked * spread.reshaped([trace.examples, 1, use.outputs])
        terms.append(matmul(stacked, weighted, transposeRight: true))  // (2)
      } else {
        let rows = columns.indices.map { column in
          let gradients = own.map { uses[$0].exampleGradients(cotangents[$0].entry(column)) }
          return gradients.dropFirst().reduce(gradients[0], +)
        }
        terms.append(
          Approximations.covariance(ofWhitened: concatenate(rows, axis: 0) * sqrt(variance), outputs: count))
      }
    }
    return terms.dropFirst().reduce(terms[0], +)
  }

  package func exampleSize(_ trace: NetworkTrace) -> Int {
    let names = Set(slices.map(\.name))
    let outputs = trace.outputs.shape[1]
    let uses = trace.uses.uses.filter { names.contains($0.slice.name) }
    return outputs
      * (uses.map { $0.positions == 1 ? $0.outputs : $0.slice.shape.count + $0.positions * $0.outputs }.max() ?? 1)
  }

  package func variances() -> [Double] { posteriorVariances.elements.map { Double($0) } }

  package func deviation(using generator: inout Philox) -> [Element] {
    let noise: DenseArray<Element> = generator.normal(shape: posteriorVariances.shape)
    return zip(noise.elements, posteriorVariances.elements).map { $0 * $1.squareRoot() }  // (3)
  }
}
