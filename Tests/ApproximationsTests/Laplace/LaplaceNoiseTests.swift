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
    _ structure: LaplaceStructure, _ curvature: Curvature, _ tuning: PrecisionTuning,
    of model: BayesianModel = LaplaceSubnetworkTests.learned, validation: Examples = held
  ) throws -> LaplacePosterior {
    try Laplace(structure, curvature: curvature, tuning: tuning, training: TrainingConfiguration(epochs: 1))
      .approximate(model, mode: start, examples, validation: validation)
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

  /// By numpy: the maximum over σ of log N(r | 0, σ²) − ½ [log det(Σ r² x xᵀ/σ⁴ + δ) − …], σ, its height, γ and a variance. Under the second
  /// prior, of a precision of ¼, σ² as the mean of what the parameters leave of the residuals would go to and fro.
  @Test(arguments: [
    (4.0, 1.0, [0.7677467801380837, -12.535167554196088, 2.1841724717314506, 1.2347562487489507]),
    (0.25, 0.25, [1.0307160176436991, -12.512885266626377, 2.9925290154890893, 7.154561995946757]),
  ])
  func theNoiseOfAnEmpiricalFisherIsTheMaximumOfItsEvidence(
    _ weights: Double, _ bias: Double, _ expected: [Double]
  ) throws {
    let model = LaplaceSubnetworkTests.model(.learned(initial: 0.5), weights: weights, bias: bias)
    let posterior = try Self.posterior(.dense, .empiricalFisher, .fixed, of: model)
    #expect(abs(Foundation.exp(Double(posterior.mode[4])) - expected[0]) < 1e-5)
    #expect(abs(try #require(posterior.logEvidence) - expected[1]) < 1e-6)
    #expect(abs(posterior.effectiveParameters - expected[2]) < 1e-5)
    #expect(abs(posterior.linearisedOutputs(Self.input).covariances[0, 0, 0] - expected[3]) < 1e-5)
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

  /// By numpy, as above. Whole steps of s, from its own equation, would go to and fro between two numbers.
  @Test func wholeStepsOfTheNoiseWouldOvershoot() {
    let evidence = LinearisedEvidence(
      WhitenedSpectrum(curvatures: [25.3, 3, 0.4], slopes: [-1, -2, 1.5], offsets: [-0.1, -0.7, -0.1]),
      fit: FitTerms(logLikelihood: -20, residuals: (4, 8), curvature: .empiricalFisher))
    let (factor, scale) = evidence.maximiser(tunesNoise: true)
    #expect(abs(factor / 1.1316590738819 - 1) < 1e-5 && abs(scale / 1.669873076274 - 1) < 1e-5, "\(factor), \(scale)")
    #expect(abs(evidence(factor: factor, scale: scale) - -21.174546731656932) < 1e-9)
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
  /// By numpy: α by the search of `HeldOutTuning`, or by the evidence of the linearised network, which these rows bear out, and s at the
  /// optimum of the rows for it. The precision of the weights is 4 sᵏ α.
  @Test(arguments: [
    (Curvature.gaussNewton, PrecisionTuning.heldOut, 3.956639746217056, 0.4227457463145061),
    (.gaussNewton, .linearised, 1.424929843561016, 0.41804359089688226),
    (.empiricalFisher, .heldOut, 5.075016379806598, 0.39615773610590405),
    (.empiricalFisher, .linearised, 76.14504665872263, 0.47838328697918786),
  ])
  func rowsHeldBackChoosePrecisionAndNoise(
    _ curvature: Curvature, _ tuning: PrecisionTuning, _ precision: Double, _ noise: Double
  ) throws {
    let rows = Examples(
      inputs: DenseArray(rows: [[0, -0.75, -0.5], [-0.75, 0, -0.5], [-0.25, -1.75, -1], [2, -0.75, -1.25]]),
      targets: DenseArray([0, 0.75, -1.75, 1]))
    let found = try Self.found(Self.posterior(.dense, curvature, tuning, validation: rows))
    #expect(abs(found.weights / precision - 1) < 1e-5 && abs(found.noise / noise - 1) < 1e-5, "\(found)")
    #expect(abs(found.bias * 4 / found.weights - 1) < 1e-12)
  }
}
