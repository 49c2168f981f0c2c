//  LaplaceReferenceTests.swift — evidence, variances and predictions against independent implementations in float64.

import Approximations
import Arrays
import Curvatures
import Foundation
import GoldenValues
import Networks
import Probability
import Testing

/// A structure of the reference, of one of the files.
private struct LaplaceCase: CustomStringConvertible, Sendable {
  let file: String
  let structure: String
  var description: String { "\(structure) of \(file)" }

  static let all: [LaplaceCase] =
    multilayerPerceptrons.flatMap { file in
      ["full", "kron", "diag", "last_layer_full", "last_layer_kron", "last_layer_diag"].map {
        LaplaceCase(file: file, structure: $0)
      }
    } + ["full", "kron", "diag"].map { LaplaceCase(file: "convnet", structure: $0) }
}

@Suite struct LaplaceReferenceTests {
  /// Hands the curvature of a structure to `body`, which works with any.
  private func withSpectrum(
    _ structure: String, _ point: CurvaturePoint<Double>,
    _ body: (any CurvatureSpectrum) throws -> Void
  ) throws {
    let isLast = structure.hasPrefix("last_layer")
    let slices = isLast ? Array(point.slices.suffix(2)) : point.slices
    switch structure.split(separator: "_").last {
    case "full": try body(DenseSpectrum(DenseCurvature(at: point, slices: slices), slices: slices))
    case "kron": try body(KroneckerSpectrum(KroneckerCurvature(at: point, slices: slices)))
    default: try body(DiagonalSpectrum(DiagonalCurvature(at: point, slices: slices)))
    }
  }

  private func likelihood<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ point: CurvaturePoint<Double>
  ) throws -> (MarginalLikelihood<Spectrum>, PriorPrecision) {
    let prior = try PriorPrecision(of: point.model, slices: spectrum.slices)
    let fit = try FitTerms(of: point, run: CurvatureRun())
    return (MarginalLikelihood(spectrum, fit: fit, mode: point.parameters.elements, prior: prior), prior)
  }

  private func relative(_ a: Double, _ b: Double) -> Double { abs(a - b) / abs(b) }

  @Test(arguments: LaplaceCase.all) private func evidenceAndItsMaximumAgreeWithTheReference(_ laplace: LaplaceCase)
    throws
  {
    let expected = try Reference(laplace.file)["laplace"][laplace.structure]
    let point = try point(laplace.file)
    try withSpectrum(laplace.structure, point) { try check($0, point, expected) }
  }

  private func check<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ point: CurvaturePoint<Double>, _ expected: Reference
  ) throws {
    let (evidence, prior) = try likelihood(spectrum, point)
    #expect(relative(try evidence(prior), try expected["log_marglik"].number) < 1e-9)
    let terms = try spectrum.terms(prior, scale: 1)
    #expect(relative(terms.logDeterminant, try expected["log_det_posterior_precision"].number) < 1e-9)
    #expect(
      relative(
        try evidence.effectiveParameters(prior), try expected["effective_parameters_at_given_precision"].number) < 1e-9)
    let best = try evidence.maximiser(.shared, from: prior, tunesNoise: false).prior
    // The place of a maximum is known to the root of the rounding of its height; its height, to the rounding.
    #expect(relative(best.bySlice[0], try expected["optimal_prior_precision"].number) < 1e-7)
    #expect(
      relative(try evidence(best), try expected["log_marglik_at_optimal_prior_precision"].number) < 1e-9)
    #expect(best.bySlice.allSatisfy { $0 == best.bySlice[0] })
  }

  @Test(arguments: LaplaceCase.all) private func variancesAgreeWithTheReference(_ laplace: LaplaceCase) throws {
    let expected = try Reference(laplace.file)["laplace"][laplace.structure]
    let point = try point(laplace.file)
    let inputs = try Reference(laplace.file)["X_test"].array
    try withSpectrum(laplace.structure, point) { try checkVariances($0, point, inputs, expected) }
  }

  private func checkVariances<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ point: CurvaturePoint<Double>, _ inputs: DenseArray<Double>, _ expected: Reference
  ) throws {
    let prior = try PriorPrecision(of: point.model, slices: spectrum.slices)
    let weights = try spectrum.posterior(prior, scale: 1)
    if expected.has("posterior_variance_diag") {
      let variances = DenseArray(weights.variances())
      #expect(relativeDifference(variances, try expected["posterior_variance_diag"].array) < 1e-9)
    }
    let outputs = outputs(weights, point, inputs)
    let functional = try expected["functional_variance"].array
    #expect(relativeDifference(outputs.covariances.reshaped(functional.shape), functional) < 1e-9)
    if expected.has("probit_predictive") {
      let probit = outputs.probitOutputs
      let probabilities = try expected["probit_predictive"].array
      let width = probit.shape[1]
      let found = (0..<probit.shape[0]).flatMap { row -> [Double] in
        let own = (0..<width).map { Foundation.exp(probit[row, $0]) }
        return own.map { $0 / own.reduce(0, +) }
      }
      #expect(relativeDifference(DenseArray(found, shape: probit.shape), probabilities) < 1e-9)
    }
    if expected.has("predictive_variance") {
      let sigma = try Reference(file(of: point))["sigma_noise"].number
      let total = DenseArray(outputs.variances.elements.map { $0 + sigma * sigma })
      #expect(relativeDifference(total, try expected["predictive_variance"].array) < 1e-9)
      #expect(
        relativeDifference(outputs.means.reshaped([total.count]), try expected["predictive_mean"].array) < 1e-9)
    }
  }

  private func file(of point: CurvaturePoint<Double>) -> String {
    point.model.network.inputShape == [4] ? "mlp_regression" : "mlp_regression_tanh"
  }

  private func outputs<Weights: WeightPosterior>(
    _ weights: Weights, _ point: CurvaturePoint<Double>, _ inputs: DenseArray<Double>
  ) -> LinearisedOutputs {
    weights.outputs(
      of: point.model, at: point.parameters.converted(), state: point.state.converted(), inputs: inputs.converted(),
      pool: nil)
  }

  @Test(arguments: ["mlp_regression", "mlp_regression_tanh"], ["full", "kron", "diag"])
  private func evidenceAsAFunctionOfNoiseAndPrecisionAgreesWithTheReference(_ file: String, _ structure: String) throws
  {
    let expected = try Reference(file)["laplace"][structure]["marglik_grid"]
    let point = try point(file)
    let sigma = try Reference(file)["sigma_noise"].number
    let (sigmas, precisions) = (try expected["sigma"].array, try expected["prior_precision"].array)
    let grid = try expected["log_marglik"].array
    try withSpectrum(structure, point) { spectrum in
      try check(spectrum, point, sigmas.elements.map { sigma * sigma / ($0 * $0) }, precisions.elements, grid)
    }
  }

  private func check<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ point: CurvaturePoint<Double>, _ scales: [Double], _ precisions: [Double],
    _ grid: DenseArray<Double>
  ) throws {
    let (evidence, prior) = try likelihood(spectrum, point)
    for (row, scale) in scales.enumerated() {
      for (column, precision) in precisions.enumerated() {
        var other = prior
        other.bySlice = prior.bySlice.map { _ in precision }
        #expect(relative(try evidence(other, scale: scale), grid[row, column]) < 1e-9)
      }
    }
  }
}
