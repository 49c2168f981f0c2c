//  LaplaceSubnetworkTests.swift — chosen parameters are the model: nothing of the others counts.
//
//  Notation   X [8, 3] with a column of ones, θ* = (¾, 1, −¼ | ½) weights and bias, r = y − X θ*
//             S  the chosen parameters     σ  the noise     δ  4 and 1, precisions of weights and bias
//
//  Equations  (1) log p(D) ≈ log N(r | 0, σ²) − ½ [log det(X_Sᵀ X_S/σ² + δ_S) − Σ_S log δ + Σ_S δ θ*²]
//             (2) γ = |S| − Σ_S δ (Λ⁻¹)ᵢᵢ
//
//  The numbers are (1) and (2) in numpy, and the maximum of (1) over a factor on δ, and over σ, by a simplex search. The evidence of the
//  linearised network is (1) at the optimum of the chosen parameters in the place of θ*_S, with the residuals there.

import Approximations
import Arrays
import Curvatures
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct LaplaceSubnetworkTests {
  static let examples = Examples(
    inputs: DenseArray(
      rows: [
        [1, 0.5, -0.25], [0.5, -1, 0.75], [-1.5, 0.25, 0.5], [2, 1, -1], [-0.5, -0.75, 1.5], [0.25, 1.5, 0.5],
        [-1, -0.5, -1.25], [0.75, -1.5, 0.25],
      ]),
    targets: DenseArray([1.5, -0.5, -0.75, 2.25, -1, 1.25, -0.25, 0]))

  static func model(_ noise: NoiseModel, weights: Double = 4, bias: Double = 1) -> BayesianModel {
    BayesianModel(
      Network(inputs: 3) { Dense(1) },
      prior: .bySlice(
        ["0.dense.bias": .normal(scale: 1 / bias.squareRoot())],
        default: .normal(scale: 1 / weights.squareRoot())),
      likelihood: .gaussian(noise: noise))
  }

  static let learned = model(.learned(initial: 0.5))
  static let mode = DenseArray<Float>([0.75, 1, -0.25, 0.5])
  static let start = DenseArray(mode.elements + [Float(Foundation.log(0.5))])

  /// By magnitude weights 0 and 1; by variance weights 1 and 2, and the bias.
  struct Choice: Sendable {
    let subnetwork: Subnetwork
    let count: Double
    /// At the prior and σ = ½.
    let evidence, determined: Double
    /// At the maximum.
    let best: Maximum
    /// At the maximum of the evidence of the linearised network.
    let linearised: Maximum
  }

  typealias Maximum = (precision: Double, noise: Double, evidence: Double, determined: Double)

  static let choices = [
    Choice(
      subnetwork: .largestMagnitude(count: 2), count: 2, evidence: -11.442201234475322,
      determined: 1.7801482552883745,
      best: (1.2157417569010487, 0.5923672114557431, -10.178801757055611, 1.8995964660957658),
      linearised: (2.7057107320358074, 0.3377694302401416, -5.994234381854154, 1.9262751898325758)),
    Choice(
      subnetwork: .largestVariance(count: 3), count: 3, evidence: -12.096981970267793,
      determined: 2.691979543893275,
      best: (2.400129381522392, 0.6355333187495522, -11.526451925217117, 2.7001455412515853),
      linearised: (7.504284033432817, 0.258099858108416, -5.235859200570239, 2.8346176522346713)),
  ]

  static func method(_ choice: Choice, _ tuning: PrecisionTuning) -> Laplace {
    Laplace(.subnetwork(choice.subnetwork), tuning: tuning, training: TrainingConfiguration(epochs: 30, batchSize: 8))
  }

  @Test(arguments: choices) func theEvidenceIsThatOfTheChosenParameters(_ choice: Choice) throws {
    let posterior = try Self.method(choice, .fixed)
      .approximate(Self.model(.fixed(0.5)), mode: Self.mode, Self.examples)
    #expect(abs(try #require(posterior.logEvidence) - choice.evidence) < 1e-6)
    #expect(abs(posterior.effectiveParameters - choice.determined) < 1e-6)
  }

  @Test(arguments: choices) func theirEvidenceChoosesPrecisionAndNoise(_ choice: Choice) throws {
    for (tuning, expected) in [(PrecisionTuning.shared, choice.best), (.linearised, choice.linearised)] {
      let posterior = try Self.method(choice, tuning).approximate(Self.learned, mode: Self.start, Self.examples)
      let precision = try #require(posterior.priorPrecisions["0.dense.weight"])
      #expect(abs(precision / expected.precision - 1) < 1e-5, "\(tuning): \(precision)")
      let noise = Foundation.exp(Double(posterior.mode[4]))
      #expect(abs(noise / expected.noise - 1) < 1e-5, "\(tuning): \(noise)")
      let evidence = try #require(posterior.logEvidence)
      #expect(abs(evidence - expected.evidence) < 1e-6, "\(tuning): \(evidence)")
      #expect(abs(posterior.effectiveParameters - expected.determined) < 1e-5, "\(tuning)")
    }
  }

  @Test(arguments: choices) func theDataDetermineNoMoreParametersThanThereAre(_ choice: Choice) throws {
    let posterior = try Self.method(choice, .perLayer).approximate(Self.learned, mode: Self.start, Self.examples)
    #expect(posterior.effectiveParameters > 0 && posterior.effectiveParameters <= choice.count)
  }

  @Test(arguments: choices) func parametersThatTheModeChoosesAreNotTunedDuringTraining(_ choice: Choice) {
    let method = Self.method(choice, .duringTraining(EvidenceSchedule(burnIn: 1, interval: 2)))
    #expect(
      throws: TrainingError.unusable(
        "the parameters of this subnetwork are chosen at the mode, so that no precision of theirs can be found while it is "
          + "searched for; tune after training, or name the slices of the subnetwork")
    ) { try method.fit(Self.learned, to: Self.examples) }
  }

  // MARK: A precision for each parameter

  /// 2 F/(t F + √(t² F² + 4 t F)), t = θ*² and F the diagonal of XᵀX/σ²: 1.70065, 0.96920, 10.97825 and 3.59592 in numpy.
  @Test func thePrecisionsOfParametersAreKeptByTheirGeometricMean() throws {
    let posterior = try Laplace(.diagonal, tuning: .perParameter, training: TrainingConfiguration(epochs: 1))
      .approximate(Self.model(.fixed(0.5)), mode: Self.mode, Self.examples)
    let expected = [2.625352167763422, 3.595917942265425]
    for (place, name) in ["0.dense.weight", "0.dense.bias"].enumerated() {
      let found = try #require(posterior.priorPrecisions[name])
      #expect(abs(found / expected[place] - 1) < 1e-5, "\(name): \(found)")
      #expect(posterior.contents.numbers["precision.\(place)"] == found)
    }
  }
}
