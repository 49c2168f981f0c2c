//  LaplaceNoiseTests.swift — where the noise moves, the curvature is that at the noise that was found.
//
//  Notation   s = σ₀²/σ²     F  the curvature at σ₀     k = 1, and 2 for the empirical Fisher matrix
//
//  Equations  (1) F(s) = sᵏ F:  Σ J Jᵀ/σ² of Gauss and Newton, Σ r² J Jᵀ/σ⁴ of the squared gradients

import Approximations
import Arrays
import Curvatures
import Evaluation
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct LaplaceNoiseTests {
  private static let examples = LaplaceSubnetworkTests.examples
  private static let start = LaplaceSubnetworkTests.start
  private static let input = DenseArray<Float>([0.3, -2, 1.5], shape: [1, 3])
  private static let held = Examples(
    inputs: DenseArray(rows: [[0.5, 1, -1], [-1, 0.25, 0.5], [1.5, -0.5, 1], [0.25, 0.75, -0.25]]),
    targets: DenseArray([2, 0.5, -0.25, 1.75]))

  private static func posterior(
    _ structure: LaplaceStructure, _ curvature: Curvature, _ tuning: PrecisionTuning
  ) throws -> LaplacePosterior {
    try Laplace(structure, curvature: curvature, tuning: tuning, training: TrainingConfiguration(epochs: 1))
      .approximate(LaplaceSubnetworkTests.learned, mode: start, examples, validation: held)
  }

  /// With noise and precisions that are known.
  private static func known(
    _ structure: LaplaceStructure, _ curvature: Curvature, noise: Double, weights: Double, bias: Double
  ) throws -> LaplacePosterior {
    try Laplace(structure, curvature: curvature, tuning: .fixed, training: TrainingConfiguration(epochs: 1))
      .approximate(
        LaplaceSubnetworkTests.model(.fixed(noise), weights: weights, bias: bias), mode: LaplaceSubnetworkTests.mode,
        examples)
  }

  private static func found(_ posterior: LaplacePosterior) throws -> (noise: Double, weights: Double, bias: Double) {
    (
      Foundation.exp(Double(posterior.mode[4])), try #require(posterior.priorPrecisions["0.dense.weight"]),
      try #require(posterior.priorPrecisions["0.dense.bias"])
    )
  }

  @Test(arguments: [LaplaceStructure.dense, .kronecker, .diagonal, .functional(examples: 8)])
  func theCurvatureIsThatAtTheNoiseThatWasFound(_ structure: LaplaceStructure) throws {
    for curvature in [Curvature.gaussNewton, .empiricalFisher] {
      for tuning in [PrecisionTuning.fixed, .shared, .perLayer, .linearised, .heldOut] {
        let posterior = try Self.posterior(structure, curvature, tuning)
        let (noise, weights, bias) = try Self.found(posterior)
        #expect(abs(noise / 0.5 - 1) > 0.02, "\(tuning), \(curvature): the noise has not moved")
        let same = try Self.known(structure, curvature, noise: noise, weights: weights, bias: bias)
        let (variance, expected) = (
          posterior.linearisedOutputs(Self.input).covariances[0, 0, 0],
          same.linearisedOutputs(Self.input).covariances[0, 0, 0]
        )
        #expect(abs(variance / expected - 1) < 1e-4, "\(tuning), \(curvature): \(variance), not \(expected)")
        #expect(abs(posterior.effectiveParameters - same.effectiveParameters) < 1e-4, "\(tuning), \(curvature)")
      }
    }
  }

  /// By numpy: the maximum over σ of log N(r | 0, σ²) − ½ [log det(Σ r² x xᵀ/σ⁴ + δ) − …].
  @Test func theNoiseOfAnEmpiricalFisherIsTheMaximumOfItsEvidence() throws {
    let posterior = try Self.posterior(.dense, .empiricalFisher, .fixed)
    #expect(abs(Foundation.exp(Double(posterior.mode[4])) - 0.7677467801380837) < 1e-5)
    #expect(abs(try #require(posterior.logEvidence) - -12.535167554196088) < 1e-6)
    #expect(abs(posterior.effectiveParameters - 2.1841724717314506) < 1e-5)
    #expect(abs(posterior.linearisedOutputs(Self.input).covariances[0, 0, 0] - 1.2347562487489507) < 1e-5)
  }

  /// By numpy, a simplex search for the maximum of (3) of `LinearisedEvidence`: α, s and its height.
  @Test(arguments: [
    (Curvature.gaussNewton, [8.59741218841989, 1.2199020151153328, -21.162852872424054]),
    (.empiricalFisher, [8.347043298051094, 1.1208843844225602, -21.45602375886436]),
  ])
  func theLinearisedEvidenceFindsItsMaximum(_ curvature: Curvature, _ expected: [Double]) {
    let evidence = LinearisedEvidence(
      WhitenedSpectrum(curvatures: [30, 5, 0.5], slopes: [2, -1, 0.5], offsets: [0.3, 0.8, -1]),
      fit: FitTerms(logLikelihood: -20, residuals: (40, 50), curvature: curvature))
    let (factor, scale) = evidence.maximiser(tunesNoise: true)
    #expect(abs(factor / expected[0] - 1) < 1e-5 && abs(scale / expected[1] - 1) < 1e-5, "\(factor), \(scale)")
    #expect(abs(evidence(factor: factor, scale: scale) - expected[2]) < 1e-9)
  }

  @Test(arguments: [Curvature.gaussNewton, .empiricalFisher])
  func rowsHeldBackChooseTheNoiseThatPredictsThem(_ curvature: Curvature) throws {
    let posterior = try Self.posterior(.dense, curvature, .heldOut)
    let (noise, weights, bias) = try Self.found(posterior)
    func loss(_ posterior: LaplacePosterior) -> Double {
      let targets = Self.held.targets.converted(to: Double.self)
      return -posterior.predict(Self.held.inputs).mixture.jointLogDensity(targets.reshaped([4, 1])).reduce(0, +)
    }
    let best = loss(posterior)
    for factor in [0.9, 1.1] {
      // Λ stays in proportion to F + α δ.
      let others = Foundation.pow(factor, curvature == .empiricalFisher ? -4 : -2)
      let other = try Self.known(
        .dense, curvature, noise: factor * noise, weights: others * weights, bias: others * bias)
      #expect(best < loss(other), "\(factor): \(loss(other)), not above \(best)")
    }
  }
}
