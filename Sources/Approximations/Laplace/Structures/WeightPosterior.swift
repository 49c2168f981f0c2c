//  WeightPosterior.swift — what every structure of a Laplace approximation answers.
//
//  Notation   F  the curvature of the log likelihood, [P, P]     δ  precision of the prior, [P]     s  scale of F
//             Λ = s F + diag δ, the precision of the posterior     θ*  the mode     m  the mean of the prior
//
//  Equations  (1) log p(D) ≈ log p(D | θ*) − ½ [log det Λ − Σ log δ + Σ δ (θ* − m)²]     [MacKay 1992]
//             (2) Cov f(x) = J Λ⁻¹ Jᵀ,  J = ∂f/∂θ at θ*                             [Immer 2021]
//
//  s is the factor by which a change of the noise scales the curvature of a Gaussian likelihood: see `FitTerms`.
//
//  Of chosen parameters all sums and determinants run over these alone: (1) is the evidence of the model whose other parameters
//  are fixed at θ*.

package import Arrays
package import Curvatures
package import Probability
package import Programs

/// The parts of log det Λ that depend on the prior.
package struct PrecisionTerms: Hashable, Sendable {
  /// log det Λ.
  package var logDeterminant: Double
  /// For each slice, Σ δᵢ (Λ⁻¹)ᵢᵢ: the number of its parameters that the prior determines.
  package var priorShares: [Double]
}

/// A curvature in a form in which precisions of the prior can be added to it.
package protocol CurvatureSpectrum: Sendable {
  associatedtype Fixed: WeightPosterior

  /// The slices that it is about, in the order of θ.
  var slices: [ParameterSlice] { get }

  /// The places in θ of the elements that it is about; `nil` is all of the slices.
  var chosen: [Int]? { get }

  /// F where it is diagonal, otherwise `nil`.
  var diagonal: [Double]? { get }

  /// The determinant of Λ and its derivatives.
  func terms(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> PrecisionTerms

  /// μ, ĝ and ê of `LinearisedEvidence`.
  ///
  /// - Parameters:
  ///   - slope: g, over the slices in their order.
  ///   - offset: θ₀ − m, likewise.
  func whitened(_ prior: PriorPrecision, slope: [Double], offset: [Double]) throws(CurvatureError) -> WhitenedSpectrum

  /// The posterior at one precision of the prior.
  func posterior(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> Fixed
}

extension CurvatureSpectrum {
  package var chosen: [Int]? { nil }
  package var diagonal: [Double]? { nil }
}

/// N(θ*, Λ⁻¹) over some slices of θ; the other parameters stay at the mode.
package protocol WeightPosterior: Sendable {
  associatedtype Element: Scalar

  var slices: [ParameterSlice] { get }

  /// What `covariance` reads as the extra inputs of its trace.
  var arrays: [DenseArray<Element>] { get }

  /// Equation (2) for a batch, in a program. Shape [N, O, O].
  func covariance(_ trace: NetworkTrace) -> Tensor

  /// Elements of the largest intermediate that one example of `covariance` needs: for the choice of a batch.
  func exampleSize(_ trace: NetworkTrace) -> Int

  /// diag Λ⁻¹, one number for each element of the slices.
  func variances() -> [Double]

  /// What a file holds of it beside the slices: arrays that are exact in `Float`.
  var contents: PosteriorContents { get }

  /// A draw of θ − θ* over the slices.
  func deviation(using generator: inout Philox) -> [Element]
}

/// Rows in other coordinates. Shapes [M, P], and [r, P] with a direction a row → [M, r].
func rotate<Element: Scalar>(_ rows: DenseArray<Element>, by directions: DenseArray<Element>) -> DenseArray<Element> {
  Program(inputs: [rows.shape, directions.shape]) { t in [matmul(t[0], t[1], transposeRight: true)] }
    .run([rows, directions])[0]
}

/// Sums of outer products of the rows of each example: Cov f = V Vᵀ. Shape [O · N, M], the examples of an output
/// together → [N, O, O].
package func covariance(ofWhitened rows: Tensor, outputs: Int) -> Tensor {
  let examples = rows.shape[0] / max(outputs, 1)
  let stacked = rows.reshaped([outputs, examples, rows.shape[1]]).transposed([1, 0, 2])
  return matmul(stacked, stacked, transposeRight: true)
}
