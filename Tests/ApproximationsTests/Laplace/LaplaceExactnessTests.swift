//  LaplaceExactnessTests.swift — where the log posterior is quadratic, a Laplace approximation is the posterior.
//
//  Notation   X [8, 3] with orthogonal columns of ones and minus ones, XᵀX = 8 I     σ the noise     s the scale of the prior
//
//  Equations  (1) Λ = (8/σ² + 1/s²) I,  θ* = Λ⁻¹ Xᵀ y/σ²
//             (2) log p(D) = −½ [3 log(σ² + 8 s²) + 5 log σ² + 8 log 2π + q/(σ² + 8 s²) + (|y|² − q)/σ²],  q = |Xᵀy|²/8
//             (3) Var f(x) = |x|²/Λ
//
//  All structures can be exact here, since F is a multiple of the identity.

import Approximations
import Arrays
import Curvatures
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct LaplaceExactnessTests {
  static let design: [[Double]] = [
    [1, 1, 1], [1, 1, -1], [1, -1, 1], [1, -1, -1], [-1, 1, 1], [-1, 1, -1], [-1, -1, 1], [-1, -1, -1],
  ]
  static let targets = [0.9, 0.2, -0.4, 1.3, -0.7, 0.05, 0.6, -1.1]
  static let (noise, scale) = (0.6, 1.7)

  static var projections: [Double] {
    (0..<3).map { column in zip(design, targets).reduce(0) { $0 + $1.0[column] * $1.1 } }
  }
  static var precision: Double { 8 / (noise * noise) + 1 / (scale * scale) }

  static var evidence: Double {
    let q = projections.reduce(0) { $0 + $1 * $1 } / 8
    let (own, wide) = (noise * noise, noise * noise + 8 * scale * scale)
    let norm = targets.reduce(0) { $0 + $1 * $1 }
    return -0.5
      * (3 * Foundation.log(wide) + 5 * Foundation.log(own) + 8 * Foundation.log(2 * Double.pi) + q / wide
        + (norm - q) / own)  // (2)
  }

  static let model = BayesianModel(
    Network(inputs: 3) { Dense(1, bias: false) }, prior: .normal(scale: scale),
    likelihood: .gaussian(noise: .fixed(noise)))
  static let examples = Examples(
    inputs: DenseArray(rows: design.map { $0.map { Float($0) } }), targets: DenseArray(targets.map { Float($0) }))
  static let mode = DenseArray(projections.map { Float($0 / (noise * noise) / precision) })  // (1)

  static func method(
    _ structure: LaplaceStructure, tuning: PrecisionTuning = .fixed, curvature: Curvature = .gaussNewton
  ) -> Laplace {
    Laplace(structure, curvature: curvature, tuning: tuning, training: TrainingConfiguration(epochs: 1))
  }

  static let structures: [LaplaceStructure] = [
    .dense, .kronecker, .diagonal, .lowRank(3), .functional(examples: 8), .lastLayer(.dense), .lastLayer(.kronecker),
    .lastLayer(.diagonal),
    .subnetwork(.largestMagnitude(count: 3)), .subnetwork(.largestVariance(count: 3)),
    .subnetwork(.slices(["0.dense"])),
  ]

  // θ* is a Float: what depends on it is off by some multiples of 2⁻²⁴ of its size.
  @Test(arguments: structures) func everyStructureIsThePosterior(_ structure: LaplaceStructure) throws {
    let posterior = try Self.method(structure).approximate(Self.model, mode: Self.mode, Self.examples)
    let logEvidence = try #require(posterior.logEvidence)
    #expect(abs(logEvidence - Self.evidence) < 1e-5)
    let input: [Float] = [0.3, -2, 1.5]
    let outputs = posterior.linearisedOutputs(DenseArray(input, shape: [1, 3]))
    let length = input.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(abs(outputs.covariances[0, 0, 0] - length / Self.precision) < 1e-6)  // (3)
    #expect(abs(posterior.effectiveParameters - 3 * (1 - 1 / (Self.scale * Self.scale * Self.precision))) < 1e-5)
  }

  @Test func theHessianOfAQuadraticIsItsGaussNewtonMatrix() throws {
    for structure in [LaplaceStructure.dense, .diagonal] {
      let posterior = try Self.method(structure, curvature: .hessian)
        .approximate(Self.model, mode: Self.mode, Self.examples)
      let logEvidence = try #require(posterior.logEvidence)
      #expect(abs(logEvidence - Self.evidence) < 1e-5)
    }
  }

  @Test(arguments: structures) func aTunedPrecisionIsNoWorseThanItsNeighbours(_ structure: LaplaceStructure) throws {
    let best = try Self.method(structure, tuning: .shared).approximate(Self.model, mode: Self.mode, Self.examples)
    let chosen = try #require(best.priorPrecisions["0.dense.weight"])
    func evidence(_ precision: Double) throws -> Double {
      let model = BayesianModel(
        Self.model.network, prior: .normal(scale: 1 / precision.squareRoot()), likelihood: Self.model.likelihood)
      let posterior = try Self.method(structure).approximate(model, mode: Self.mode, Self.examples)
      return try #require(posterior.logEvidence)
    }
    let top = try evidence(chosen)
    #expect(abs(top - (try #require(best.logEvidence))) < 1e-5)
    for factor in [0.8, 1.25] { #expect(try evidence(chosen * factor) < top) }
  }

  @Test func learnedNoiseIsThatOfTheMarginalLikelihood() throws {
    let model = BayesianModel(
      Self.model.network, prior: .normal(scale: Self.scale), likelihood: .gaussian(noise: .learned(initial: 0.6)))
    let start = DenseArray(Self.mode.elements + [Float(Foundation.log(Self.noise))])
    let posterior = try Self.method(.dense).approximate(model, mode: start, Self.examples)
    let sigma = Foundation.exp(Double(posterior.mode.elements[3]))
    // MacKay's fixed point: σ² = Σ r²/(n − γ), γ at that σ.
    let residuals = zip(Self.design, Self.targets).map { row, y in
      y - zip(row, Self.mode.elements).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let determined = 3 * (8 / (sigma * sigma)) / (8 / (sigma * sigma) + 1 / (Self.scale * Self.scale))
    let expected = (residuals.reduce(0) { $0 + $1 * $1 } / (8 - determined)).squareRoot()
    #expect(abs(sigma / expected - 1) < 1e-5)
    #expect(abs(sigma - Self.noise) > 0.01, "the noise has moved")
  }

  @Test func anInfinitelyPrecisePriorLeavesNoVariance() throws {
    let model = BayesianModel(
      Self.model.network, prior: .normal(scale: 1e-6), likelihood: Self.model.likelihood)
    for structure in Self.structures {
      let posterior = try Self.method(structure).approximate(
        model, mode: DenseArray([0, 0, 0]), Self.examples)
      let outputs = posterior.linearisedOutputs(DenseArray([1, 1, 1], shape: [1, 3]))
      #expect(outputs.covariances[0, 0, 0] <= 3.001e-12)
    }
  }
}
