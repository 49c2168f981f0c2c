//  DenseSpectrum.swift — a Laplace approximation with a full covariance over all, or over some, parameters.
//
//  Notation   F  the curvature, [P, P], over chosen elements of θ     Λ = s F + diag δ = L Lᵀ
//
//  Equations  (1) log det Λ = 2 Σ log Lᵢᵢ
//             (2) Cov f = V Vᵀ,  V = J L⁻ᵀ
//             (3) θ = θ* + L⁻ᵀ z
//             (4) one δ for all:  det Λ = Πᵢ (s μᵢ + δ),  μ the eigenvalues of F
//
//  Cost       memory P² and one factorisation, P³/3 multiply-adds, for each precision of the prior; (4) needs one
//             eigendecomposition for all of them. Above some thousands of parameters take `KroneckerSpectrum`.

package import Arrays
package import Curvatures
package import Probability

/// A curvature in full.
package struct DenseSpectrum: CurvatureSpectrum {
  package let slices: [ParameterSlice]
  /// The places in θ of F's rows; within the slices. The other elements of the slices stay at the mode.
  package let indices: [Int]
  package var chosen: [Int]? { indices }
  /// F. Shape [P, P].
  package let matrix: DenseArray<Double>
  /// The eigenvalues of F, and for each slice the share that its elements have in the squared length of each eigenvector.
  private let eigenvalues: [Double]
  private let eigenvectors: DenseArray<Double>
  private let shares: [[Double]]

  package init(_ curvature: DenseCurvature<some Scalar>, slices: [ParameterSlice]) {
    self.slices = slices
    indices = curvature.indices
    matrix = curvature.matrix.converted()
    let eigen = SymmetricEigen.all([matrix], threads: 1)[0]
    eigenvalues = eigen.values.elements
    eigenvectors = eigen.vectors
    let n = eigenvalues.count
    let owners = Self.owners(indices, slices)
    var shares = [[Double]](repeating: [Double](repeating: 0, count: n), count: slices.count)
    for (place, owner) in owners.enumerated() {
      for vector in 0..<n {
        let entry = eigen.vectors.elements[vector * n + place]
        shares[owner][vector] += entry * entry
      }
    }
    self.shares = shares
  }

  /// The slice of each index.
  private static func owners(_ indices: [Int], _ slices: [ParameterSlice]) -> [Int] {
    indices.map { index in
      guard let owner = slices.firstIndex(where: { $0.range.contains(index) }) else {
        preconditionFailure("the parameter \(index) is in none of the slices \(slices.map(\.name))")
      }
      return owner
    }
  }

  package func terms(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> PrecisionTerms {
    let owners = Self.owners(indices, slices)
    let values = owners.map { prior.bySlice[$0] }
    if let shared = values.first, values.allSatisfy({ $0 == shared }) {
      let shifted = eigenvalues.map { scale * $0 + shared }
      guard shifted.allSatisfy({ $0 > 0 }) else { throw .indefinite }
      return PrecisionTerms(
        logDeterminant: shifted.reduce(0) { $0 + logarithm($1) },  // (4)
        priorShares: shares.map { share in zip(share, shifted).reduce(0) { $0 + shared * $1.0 / $1.1 } })
    }
    let factor = try factor(values, scale)
    let inverse = factor.inverseDiagonal
    var sums = [Double](repeating: 0, count: slices.count)
    for (place, owner) in owners.enumerated() { sums[owner] += values[place] * inverse[place] }
    return PrecisionTerms(logDeterminant: factor.logDeterminant, priorShares: sums)  // (1)
  }

  package func whitened(
    _ prior: PriorPrecision, slope: [Double], offset: [Double]
  ) throws(CurvatureError) -> WhitenedSpectrum {
    let owners = Self.owners(indices, slices)
    let starts = slices.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.shape.count) }
    let places = zip(indices, owners).map { starts[$1] + $0 - slices[$1].offset }
    let roots = owners.map { prior.bySlice[$0].squareRoot() }
    let n = indices.count
    let shared = roots.allSatisfy { $0 == roots[0] }
    let eigen =
      shared
      ? SymmetricEigen(values: DenseArray(eigenvalues.map { $0 / (roots[0] * roots[0]) }), vectors: eigenvectors)
      : SymmetricEigen(
        DenseArray((0..<n * n).map { matrix.elements[$0] / (roots[$0 / n] * roots[$0 % n]) }, shape: [n, n]))
    let columns = zip(places, roots).map { slope[$0] / $1 } + zip(places, roots).map { offset[$0] * $1 }
    let rotated = rotate(DenseArray(columns, shape: [2, n]), by: eigen.vectors).elements
    return WhitenedSpectrum(
      curvatures: eigen.values.elements, slopes: Array(rotated[..<n]), offsets: Array(rotated[n...]))
  }

  package func posterior(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> DensePosterior {
    let precisions = Self.owners(indices, slices).map { prior.bySlice[$0] }
    let lower = try factor(precisions, scale).lower
    let storable = PrecisionFactor(lower: DenseArray(lower.elements.map(FloatPair.rounded), shape: lower.shape))
    return DensePosterior(slices: slices, indices: indices, factor: storable)
  }

  private func factor(_ precisions: [Double], _ scale: Double) throws(CurvatureError) -> PrecisionFactor {
    let n = indices.count
    var elements = matrix.elements.map { scale * $0 }
    for (place, precision) in precisions.enumerated() { elements[place * (n + 1)] += precision }
    guard let factor = PrecisionFactor(DenseArray(elements, shape: [n, n])) else { throw .indefinite }
    return factor
  }
}
