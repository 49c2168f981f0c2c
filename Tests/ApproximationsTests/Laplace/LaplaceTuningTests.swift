//  LaplaceTuningTests.swift — precision and noise by rows held back, and by the marginal likelihood while a network is trained.

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

@Suite struct LaplaceTuningTests {
  private static let linear = BayesianModel(
    LaplaceExactnessTests.model.network, prior: .normal(scale: 0.3), likelihood: .gaussian(noise: .learned(initial: 1)))

  /// With more signal than the targets of `LaplaceExactnessTests`: there the evidence has no maximum.
  private static let targets = zip(LaplaceExactnessTests.design, LaplaceExactnessTests.targets).map { row, y in
    y + 1.2 * row[0] - 0.9 * row[1]
  }
  private static let examples = Examples(
    inputs: LaplaceExactnessTests.examples.inputs, targets: DenseArray(targets.map { Float($0) }))

  /// |Xᵀy|²/8 and |y|².
  private static let (q, norm) = (
    (0..<3).reduce(0.0) { sum, column in
      let projection = zip(LaplaceExactnessTests.design, targets).reduce(0) { $0 + $1.0[column] * $1.1 }
      return sum + projection * projection / 8
    }, targets.reduce(0) { $0 + $1 * $1 }
  )

  /// log p(D) of the linear model in closed form, equation (2) of `LaplaceExactnessTests`.
  private static func evidence(precision: Double, noise: Double) -> Double {
    let (own, wide) = (noise * noise, noise * noise + 8 / precision)
    return -0.5
      * (3 * Foundation.log(wide) + 5 * Foundation.log(own) + 8 * Foundation.log(2 * Double.pi) + q / wide
        + (norm - q) / own)
  }

  private static func duringTraining(
    epochs: Int = 1200, structure: LaplaceStructure = .dense, byLayer: Bool = false
  ) -> Laplace {
    Laplace(
      structure,
      tuning: .duringTraining(EvidenceSchedule(byLayer: byLayer, burnIn: 20, interval: 10, steps: 5, rate: 0.05)),
      training: TrainingConfiguration(epochs: epochs, batchSize: 8, schedule: .cosine(0.05)))
  }

  @Test(arguments: [LaplaceStructure.dense, .kronecker, .functional(examples: 8)], [false, true])
  func evidenceDuringTrainingFindsItsMaximumOfALinearModel(_ structure: LaplaceStructure, byLayer: Bool) throws {
    let posterior = try Self.duringTraining(structure: structure, byLayer: byLayer)
      .fit(Self.linear, to: Self.examples, seed: 2)
    // The maximum: 5 σ² = |y|² − q, and 3 (σ² + 8/δ) = q.
    let noise = ((Self.norm - Self.q) / 5).squareRoot()
    let precision = 8 / (Self.q / 3 - noise * noise)
    try #require(precision > 0)
    let found = try #require(posterior.priorPrecisions["0.dense.weight"])
    #expect(abs(found / precision - 1) < 0.02, "\(found), not \(precision)")
    #expect(abs(Foundation.exp(Double(posterior.mode.elements[3])) / noise - 1) < 0.02)
    // At its top the evidence is flat: its height is met much better than its place.
    let top = Self.evidence(precision: precision, noise: noise)
    #expect(abs(try #require(posterior.logEvidence) - top) < 1e-3)
    #expect(Self.evidence(precision: 1 / 0.09, noise: 1) < top - 0.1, "and the start was not there")
  }

  /// The evidence chooses the noise of Gaussian likelihoods only; a learned scale of another is trained as for one network. 60 rows
  /// decide the two weights, so that the precision that the evidence finds hardly moves them.
  @Test func aScaleThatTheEvidenceDoesNotChooseIsTrained() throws {
    var random = Philox(seed: 8)
    let inputs: DenseArray<Float> = random.normal(shape: [60, 2])
    let examples = Examples(
      inputs: inputs,
      targets: DenseArray((0..<60).map { inputs[$0, 0] - 0.5 * inputs[$0, 1] + 0.1 * Float(random.normal()) }))
    let model = BayesianModel(
      Network(inputs: 2) { Dense(1, bias: false) }, prior: .normal(scale: 1),
      likelihood: .studentT(degreesOfFreedom: 4, scale: .learned(initial: 1)))
    let method = Self.duringTraining(epochs: 200)
    let found = try method.fit(model, to: examples, seed: 2).mode[2]
    let single = try MaximumAPosteriori(training: method.training).fit(model, to: examples, seed: 2).draws[0, 2]
    #expect(abs(found - single) < 0.02, "\(found), not \(single)")
    #expect(single < -1.5, "and the start, 0, was not there")
  }

  /// Of a linear model with F_d = XᵀX/σ_d² for target d the evidence is at its top where σ_d² = R_d/(N − γ_d), γ_d = Σ μ/(μ + δ) over the
  /// eigenvalues of F_d.
  @Test(arguments: [LaplaceStructure.dense, .kronecker, .functional(examples: 80)])
  func eachTargetFindsANoiseOfItsOwnDuringTraining(_ structure: LaplaceStructure) throws {
    var random = Philox(seed: 12)
    let inputs: DenseArray<Float> = random.normal(shape: [80, 2])
    let targets = (0..<80).flatMap { row in
      [
        inputs[row, 0] + 0.1 * Float(random.normal()),
        0.7 * inputs[row, 1] - inputs[row, 0] + Float(random.normal()),
      ]
    }
    let examples = Examples(inputs: inputs, targets: DenseArray(targets, shape: [80, 2]))
    let model = BayesianModel(
      Network(inputs: 2) { Dense(2, bias: false) }, prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned(initial: 0.5)))
    let during = try Self.duringTraining(epochs: 300, structure: structure).fit(model, to: examples, seed: 1)
    let precision = try #require(during.priorPrecisions["0.dense.weight"])
    let moments = (0..<3).map { place in
      (0..<80).reduce(0) { $0 + Double(inputs[$1, place / 2]) * Double(inputs[$1, (place + 1) / 2]) }
    }
    let (half, root) = (
      (moments[0] + moments[2]) / 2,
      (Foundation.pow((moments[0] - moments[2]) / 2, 2) + moments[1] * moments[1]).squareRoot()
    )
    for target in 0..<2 {
      let sigma = Foundation.exp(Double(during.mode[4 + target]))
      let residuals = (0..<80).reduce(0.0) { sum, row in
        let mean = during.mode[2 * target] * inputs[row, 0] + during.mode[2 * target + 1] * inputs[row, 1]
        return sum + Foundation.pow(Double(targets[2 * row + target] - mean), 2)
      }
      let determined = [half + root, half - root].reduce(0) { $0 + $1 / ($1 + precision * sigma * sigma) }
      #expect(abs(sigma / (residuals / (80 - determined)).squareRoot() - 1) < 0.01, "target \(target): \(sigma)")
      #expect(abs(sigma / [0.1, 1][target] - 1) < 0.25, "target \(target): \(sigma)")
    }
    let after = try Laplace(structure, tuning: .shared, training: Self.duringTraining(epochs: 300).training)
      .fit(model, to: examples, seed: 1)
    let (found, expected) = (try #require(during.logEvidence), try #require(after.logEvidence))
    #expect(found > expected - 0.1, "\(found) against \(expected)")
  }

  @Test func aScheduleThatARunIsTooShortForIsRefused() throws {
    func refusal(_ burnIn: Int, _ interval: Int, epochs: Int = 30) -> String {
      let method = Laplace(
        .dense, tuning: .duringTraining(EvidenceSchedule(burnIn: burnIn, interval: interval)),
        training: TrainingConfiguration(epochs: epochs, batchSize: 8))
      do {
        _ = try method.fit(Self.linear, to: Self.examples)
        return "accepted"
      } catch {
        return error.description
      }
    }
    #expect(
      refusal(1000, 5)
        == "30 epochs end before the first curvature, which is due after 1000; take more epochs, or a shorter burn-in")
    #expect(
      refusal(10, 1000)
        == "30 epochs have one curvature only, after 10, since the next is due after 1010; take more epochs, or curvatures "
        + "that follow each other sooner")
    #expect(refusal(0, 31).hasPrefix("30 epochs end before the first curvature, which is due after 31;"))
    #expect(refusal(10, 21).hasPrefix("30 epochs have one curvature only"))
    #expect(refusal(10, 20) == "accepted" && refusal(0, 15) == "accepted" && refusal(29, 1) == "accepted")
  }

  @Test func aRunWithEvidenceIsTheSameBitsOnAnyThreadsAndWhenItGoesOn() throws {
    let method = Self.duringTraining(epochs: 60, structure: .kronecker, byLayer: true)
    let network = Network(inputs: 3) {
      Dense(4); Activation.tanh; Dense(1)
    }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned(initial: 1)))
    let examples = LaplaceExactnessTests.examples
    let whole = try method.fit(model, to: examples, seed: 4, control: RunControl(threads: 1))
    let other = try method.fit(model, to: examples, seed: 4, control: RunControl(threads: 3))
    #expect(other.contents == whole.contents)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("evidence-\(UUID())").path
    let stopped = Counter(limit: 35)
    #expect(throws: TrainingError.self) {
      try method.fit(
        model, to: examples, seed: 4,
        control: RunControl(
          threads: 1, checkpoint: CheckpointFolder(path: path, interval: 0), shouldStop: { stopped.isReached() }))
    }
    let resumed = try method.fit(
      model, to: examples, seed: 4,
      control: RunControl(threads: 1, checkpoint: CheckpointFolder(path: path, resumes: true)))
    #expect(resumed.contents == whole.contents)
  }

  // MARK: Rows held back

  /// A point that is sure and often wrong, and rows that tell.
  private static let rows: Examples = {
    var random = Philox(seed: 3)
    let inputs: DenseArray<Float> = random.normal(shape: [60, 2])
    let labels = (0..<60).map { inputs[$0, 0] + 2 * Float(random.normal()) > 0 ? Float(1) : 0 }
    return Examples(inputs: inputs, targets: DenseArray(labels))
  }()

  private static func loss(_ posterior: some Posterior, _ rows: Examples) -> Double {
    posterior.predict(rows.inputs).classes.negativeLogLikelihood(rows.targets.elements.map { Int($0) })
  }

  @Test(arguments: [LaplaceStructure.dense, .kronecker, .diagonal, .functional(examples: 80)])
  func rowsHeldBackChooseTheBestPrecisionAndNoWorseThanThePoint(_ structure: LaplaceStructure) throws {
    let model = LaplaceTests.model
    let trained = try MaximumAPosteriori(training: LaplaceTests.training).fit(model, to: LaplaceTests.examples, seed: 3)
    // Surer than the data allow.
    let mode = DenseArray(trained.draws.elements.map { 1.8 * $0 })
    let method = Laplace(
      structure, tuning: .heldOut, prediction: .probit, training: TrainingConfiguration(epochs: 1))
    let chosen = try method.approximate(model, mode: mode, LaplaceTests.examples, validation: Self.rows)
    let point = DrawsPosterior(
      model: model, draws: mode.reshaped([1, mode.count]), states: DenseArray([], shape: [1, 0]))
    let best = Self.loss(chosen, Self.rows)
    #expect(best < Self.loss(point, Self.rows) - 0.01)
    let precision = try #require(chosen.priorPrecisions.values.first)
    // At the end of the search, wider ones may do better still: where F bounds the variances, hardly so.
    for factor in [0.3, 3] where precision > 1e-3 {
      let other = Laplace(
        structure, tuning: .fixed, prediction: .probit, training: TrainingConfiguration(epochs: 1))
      let wider = BayesianModel(
        model.network, prior: .normal(scale: 1 / (precision * factor).squareRoot()), likelihood: model.likelihood)
      #expect(best <= Self.loss(try other.approximate(wider, mode: mode, LaplaceTests.examples), Self.rows) + 1e-9)
    }
  }

  @Test func rowsHeldBackChooseTheNoiseThatPredictsThem() throws {
    var random = Philox(seed: 6)
    let inputs: DenseArray<Float> = random.normal(shape: [200, 3])
    let all = Examples(
      inputs: inputs,
      targets: DenseArray((0..<200).map { inputs[$0, 0] - 0.5 * inputs[$0, 1] + 0.4 * Float(random.normal()) }))
    // Far from the noise of the data.
    let mode = DenseArray<Float>([1.1, -0.4, 0.1, Float(Foundation.log(0.01))])
    let posterior = try Laplace(.dense, tuning: .heldOut, training: TrainingConfiguration(epochs: 1))
      .approximate(Self.linear, mode: mode, all.rows(at: Array(0..<100)), validation: all.rows(at: Array(100..<200)))
    let held = all.rows(at: Array(100..<200))
    let predictive = posterior.predict(held.inputs)
    let targets = held.targets.elements.map { Double($0) }
    // At the best s the standardised residuals have the mean square 1.
    let squares = zip(targets, zip(predictive.mean, predictive.standardDeviation)).map { pow(($0 - $1.0) / $1.1, 2) }
    #expect(abs(squares.reduce(0, +) / 100 - 1) < 1e-3)
  }

  @Test func aFitHoldsBackItsOwnRowsWhereTrainingHoldsBackNone() throws {
    var endless = LaplaceTests.training
    let without = try Laplace(.kronecker, tuning: .heldOut, training: endless)
      .fit(LaplaceTests.model, to: LaplaceTests.examples, seed: 3)
    endless.earlyStopping = EarlyStopping(validationFraction: 0.25, patience: 5)
    let stopping = try Laplace(.kronecker, tuning: .heldOut, training: endless)
      .fit(LaplaceTests.model, to: LaplaceTests.examples, seed: 3)
    let shared = try Laplace(.kronecker, tuning: .shared, training: LaplaceTests.training)
      .fit(LaplaceTests.model, to: LaplaceTests.examples, seed: 3)
    #expect(without.mode != shared.mode, "eight rows are not trained on")
    #expect(stopping.mode != without.mode)
  }

  // MARK: Mixtures

  @Test func aMixtureOfLinearisedPosteriorsIsTheMeanOfTheirDistributions() throws {
    let model = BayesianModel(
      Network(inputs: 2) {
        Dense(4); Activation.tanh; Dense(1)
      }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned(initial: 0.5)))
    let method = Laplace(.dense, tuning: .shared, training: LaplaceTests.training)
    let mixture = try Mixture(method, components: 3, draws: 3).fit(model, to: LaplaceTests.examples, seed: 1)
    let mixed = mixture.predict(LaplaceTests.inputs).mixture.rows
    let parts = mixture.components.map { $0.predict(LaplaceTests.inputs).mixture.rows }
    #expect(Set(mixture.components.map { $0.mode.elements[0] }).count == 3)
    for row in 0..<2 {
      for y in [-0.7, 0.2, 1.4] {
        let mean = parts.reduce(0) { $0 + Foundation.exp($1[row].logDensity(y)) / 3 }
        #expect(abs(Foundation.exp(mixed[row].logDensity(y)) / mean - 1) < 1e-12)
      }
    }
    let again = try MixturePosterior<LaplacePosterior>(model: model, contents: mixture.contents)
    #expect(again.predict(LaplaceTests.inputs).mixture == mixture.predict(LaplaceTests.inputs).mixture)
    #expect(mixture.forwardPasses == 3)
  }

  @Test(arguments: [LaplacePrediction.probit, .linearised(draws: 20)])
  func aMixtureOfClassesIsTheMeanOfTheirProbabilities(_ prediction: LaplacePrediction) throws {
    let method = Laplace(.kronecker, tuning: .shared, prediction: prediction, training: LaplaceTests.training)
    let mixture = try Mixture(method, components: 2, draws: 2)
      .fit(LaplaceTests.model, to: LaplaceTests.examples, seed: 1)
    let mixed = mixture.predict(LaplaceTests.inputs).classes.mean.elements
    let parts = mixture.components.map { $0.predict(LaplaceTests.inputs).classes.mean.elements }
    for place in mixed.indices { #expect(abs(mixed[place] - (parts[0][place] + parts[1][place]) / 2) < 1e-12) }
    #expect(parts[0] != parts[1])
  }
}

/// Says yes from a number of questions on.
private final class Counter: @unchecked Sendable {
  // Asked by one thread: the fit has no other.
  private var asked = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  func isReached() -> Bool {
    asked += 1
    return asked > limit
  }
}
