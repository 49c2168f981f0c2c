//  LinearisedEvidenceTests.swift — evidence at parameters that are no mode: of a linear model it is the evidence all the same.
//
//  Notation   X [8, 3] of `LaplaceExactnessTests`, XᵀX = 8 I     a  a bias     δ  precisions of weights and bias     σ  the noise
//
//  Equations  (1) log p(D) = log N(y | 0, C),  C = σ² I + X Xᵀ/δ₁ + 1 1ᵀ/δ₂
//             (2) without the bias, at its maximum:  5 σ² = |y|² − q,  3 (σ² + 8/δ) = q,  q = |Xᵀy|²/8

import Approximations
import Arrays
import Curvatures
import Evaluation
import Foundation
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct LinearisedEvidenceTests {
  private static let design = LaplaceExactnessTests.design
  private static let targets = zip(design, LaplaceExactnessTests.targets).map { row, y in
    y + 1.2 * row[0] - 0.9 * row[1]
  }
  private static let examples = Examples(
    inputs: LaplaceExactnessTests.examples.inputs, targets: DenseArray(targets.map { Float($0) }))
  private static let (q, norm) = (
    (0..<3).reduce(0.0) { sum, column in
      let projection = zip(design, targets).reduce(0) { $0 + $1.0[column] * $1.1 }
      return sum + projection * projection / 8
    }, targets.reduce(0) { $0 + $1 * $1 }
  )

  /// Equation (1), by a Cholesky factor and a substitution.
  private static func evidence(weights: Double, bias: Double?, noise: Double) throws -> Double {
    var covariance = [Double](repeating: 0, count: 64)
    for i in 0..<8 {
      for j in 0..<8 {
        let product = zip(design[i], design[j]).reduce(0) { $0 + $1.0 * $1.1 }
        covariance[8 * i + j] = product / weights + (bias.map { 1 / $0 } ?? 0) + (i == j ? noise * noise : 0)
      }
    }
    let factor = try #require(PrecisionFactor(DenseArray(covariance, shape: [8, 8])))
    var whitened = targets
    for i in 0..<8 {
      for j in 0..<i { whitened[i] -= factor.lower[i, j] * whitened[j] }
      whitened[i] /= factor.lower[i, i]
    }
    return -0.5
      * (factor.logDeterminant + 8 * Foundation.log(2 * Double.pi) + whitened.reduce(0) { $0 + $1 * $1 })
  }

  @Test(arguments: [
    LaplaceStructure.dense, .kronecker, .diagonal, .lowRank(3), .functional(examples: 8), .lastLayer(.dense),
    .subnetwork(.slices(["0.dense"])),
  ])
  func itsMaximumIsThatOfTheEvidenceWhereverTheParametersAre(_ structure: LaplaceStructure) throws {
    let model = BayesianModel(
      LaplaceExactnessTests.model.network, prior: .normal(scale: 0.3),
      likelihood: .gaussian(noise: .learned(initial: 1)))
    // Far from every mode, and with a noise that is not that of the data.
    let place = DenseArray<Float>([-2.5, 1.5, 3, Float(Foundation.log(0.7))])
    let posterior = try LaplaceExactnessTests.method(structure, tuning: .linearised)
      .approximate(model, mode: place, Self.examples)
    let noise = ((Self.norm - Self.q) / 5).squareRoot()
    let precision = 8 / (Self.q / 3 - noise * noise)
    try #require(precision > 0)
    let found = try #require(posterior.priorPrecisions["0.dense.weight"])
    #expect(abs(found / precision - 1) < 1e-4, "\(found), not \(precision)")
    // The eigenpairs of a low rank are those of a random subspace, found by products in `Float`.
    let rounding = structure == .lowRank(3) ? 1e-4 : 1e-5
    #expect(abs(Foundation.exp(Double(posterior.mode.elements[3])) / noise - 1) < rounding)
    let top = try Self.evidence(weights: precision, bias: nil, noise: noise)
    #expect(abs(try #require(posterior.logEvidence) - top) < 1e-4)
    let other = try Self.evidence(weights: 3 * precision, bias: nil, noise: noise)
    #expect(abs(try posterior.logEvidence(scalingPriorPrecisionBy: 3) - other) < 1e-4)
    #expect(Array(posterior.mode.elements[..<3]) == Array(place.elements[..<3]), "the prediction keeps its centre")
  }

  @Test(arguments: [LaplaceStructure.dense, .functional(examples: 8)])
  func precisionsThatDifferBetweenSlicesKeepTheirRatio(_ structure: LaplaceStructure) throws {
    let model = BayesianModel(
      Network(inputs: 3) { Dense(1) },
      prior: .bySlice(["0.dense.bias": .normal(scale: 2)], default: .normal(scale: 0.5)),
      likelihood: .gaussian(noise: .fixed(0.8)))
    let posterior = try LaplaceExactnessTests.method(structure, tuning: .linearised)
      .approximate(model, mode: DenseArray([0.7, 2, -1, -1.5]), Self.examples)
    let weights = try #require(posterior.priorPrecisions["0.dense.weight"])
    let bias = try #require(posterior.priorPrecisions["0.dense.bias"])
    #expect(abs(weights / bias - 16) < 1e-6)
    let found = try #require(posterior.logEvidence)
    #expect(abs(found - (try Self.evidence(weights: weights, bias: bias, noise: 0.8))) < 1e-4)
    for factor in [0.8, 1.25] {
      #expect(try Self.evidence(weights: factor * weights, bias: factor * bias, noise: 0.8) < found)
    }
  }

  @Test(arguments: [LaplaceStructure.dense, .kronecker, .functional(examples: 80)])
  func atAModeItIsTheMarginalLikelihood(_ structure: LaplaceStructure) throws {
    let training = TrainingConfiguration(epochs: 3000, batchSize: 80, schedule: .cosine(0.02))
    let model = LaplaceTests.model
    let mode = try MaximumAPosteriori(training: training).fit(model, to: LaplaceTests.examples, seed: 3)
    func posterior(_ tuning: PrecisionTuning) throws -> LaplacePosterior {
      try Laplace(structure, tuning: tuning, training: training)
        .approximate(model, mode: mode.draws.reshaped([mode.draws.count]), LaplaceTests.examples)
    }
    // Where the precision is that of training, θ* is its mode: the two evidences agree there, whatever they prefer elsewhere.
    let (own, linear) = (try posterior(.fixed), try posterior(.linearised))
    let precision = try #require(linear.priorPrecisions.values.first)
    let there = try linear.logEvidence(scalingPriorPrecisionBy: 1 / precision)
    #expect(abs(there - (try #require(own.logEvidence))) < 0.01)
    #expect(try #require(linear.logEvidence) >= there)
  }

  // MARK: Rows held back

  private static func losses(_ posterior: some Posterior, _ rows: Examples) -> [Double] {
    let probabilities = posterior.predict(rows.inputs).classes.mean.elements
    return rows.targets.elements.enumerated().map { -Foundation.log(probabilities[2 * $0 + Int($1)]) }
  }

  @Test func rowsHeldBackNarrowAPosteriorThatPredictsThemWorseThanThePoint() throws {
    let model = LaplaceTests.model
    let trained = try MaximumAPosteriori(training: LaplaceTests.training).fit(model, to: LaplaceTests.examples, seed: 3)
    let mode = trained.draws.reshaped([trained.draws.count])
    let method = Laplace(.dense, tuning: .linearised, prediction: .probit, training: TrainingConfiguration(epochs: 1))
    let free = try method.approximate(model, mode: mode, LaplaceTests.examples)
    // Rows that the point predicts very well: doubt can only cost.
    let sure = Examples(
      inputs: DenseArray((0..<80).map { Float($0 % 4 < 2 ? 1.5 : -1.5) }, shape: [40, 2]),
      targets: DenseArray((0..<40).map { Float($0 % 2 == 0 ? 1 : 0) }))
    let narrow = try method.approximate(model, mode: mode, LaplaceTests.examples, validation: sure)
    let point = Self.losses(trained, sure)
    let excess = zip(Self.losses(narrow, sure), point).map { $0 - $1 }.reduce(0, +)
    let before = zip(Self.losses(free, sure), point).map { $0 - $1 }.reduce(0, +)
    try #require(before > 0.25)
    // All rows lose about as much, so that their standard error is nothing, and a quarter of a nat in all decides.
    #expect(excess > 0.25 / 4 && excess < 0.26, "\(excess) nats in all, \(before) before")
    // Rows that the point predicts badly have nothing against doubt.
    let wrong = Examples(inputs: sure.inputs, targets: DenseArray(sure.targets.elements.map { 1 - $0 }))
    let wide = try method.approximate(model, mode: mode, LaplaceTests.examples, validation: wrong)
    #expect(wide.priorPrecisions == free.priorPrecisions)
  }

  @Test func aHessianHasNone() {
    let method = LaplaceExactnessTests.method(.dense, tuning: .linearised, curvature: .hessian)
    #expect(throws: TrainingError.self) {
      try method.approximate(
        LaplaceExactnessTests.model, mode: LaplaceExactnessTests.mode, LaplaceExactnessTests.examples)
    }
  }
}
