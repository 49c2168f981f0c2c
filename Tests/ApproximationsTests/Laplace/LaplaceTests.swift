//  LaplaceTests.swift — a fit from data to predictions, and what is refused.

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

@Suite struct LaplaceTests {
  static let training = TrainingConfiguration(epochs: 30, batchSize: 16, schedule: .constant(0.01))

  /// Two classes on either side of a line, with some overlap.
  static let examples: Examples = {
    var random = Philox(seed: 14)
    let inputs = DenseArray((0..<160).map { _ in Float(random.normal()) }, shape: [80, 2])
    let labels = (0..<80).map { row in inputs[row, 0] + inputs[row, 1] + Float(random.normal()) > 0 ? Float(1) : 0 }
    return Examples(inputs: inputs, targets: DenseArray(labels))
  }()
  static let model = BayesianModel(
    Network(inputs: 2) {
      Dense(6); Activation.tanh; Dense(2)
    }, prior: .normal(scale: 1),
    likelihood: .categorical(classes: 2))
  /// One input among the data, one far away.
  static let inputs = DenseArray<Float>([0.1, 0.2, 30, -25], shape: [2, 2])

  @Test(arguments: [
    LaplacePrediction.linearised(draws: 200), .probit, .laplaceBridge, .network(draws: 50),
  ])
  func predictionsAreProbabilitiesThatGrowUnsureFarAway(_ prediction: LaplacePrediction) throws {
    let method = Laplace(.kronecker, prediction: prediction, training: Self.training)
    let posterior = try method.fit(Self.model, to: Self.examples, seed: 3)
    guard case .classes(let probabilities) = posterior.predict(Self.inputs).content else {
      Issue.record("no classes")
      return
    }
    let draws = probabilities.shape[0]
    #expect(probabilities.shape == [draws, 2, 2])
    for row in 0..<draws * 2 {
      #expect(abs(probabilities.elements[2 * row] + probabilities.elements[2 * row + 1] - 1) < 1e-6)
    }
    let mode = DrawsPosterior(
      model: Self.model, draws: posterior.mode.reshaped([1, posterior.mode.count]),
      states: DenseArray([], shape: [1, 0]))
    guard case .classes(let certain) = mode.predict(Self.inputs).content else { return }
    let mean = (0..<draws).reduce(0) { $0 + probabilities[$1, 1, 0] } / Double(draws)
    #expect(abs(mean - 0.5) < abs(certain[0, 1, 0] - 0.5), "less sure than the mode")
  }

  @Test func aFitIsTheSameBitsOnAnyNumberOfThreads() throws {
    for structure in [
      LaplaceStructure.kronecker, .diagonal, .dense, .lowRank(4), .functional(examples: 9), .lastLayer(.kronecker),
    ] {
      let method = Laplace(structure, training: Self.training)
      let one = try method.fit(Self.model, to: Self.examples, seed: 5, control: RunControl(threads: 1))
      guard case .classes(let expected) = one.predict(Self.inputs, threads: 1).content else { return }
      for threads in [2, 3] {
        let other = try method.fit(Self.model, to: Self.examples, seed: 5, control: RunControl(threads: threads))
        #expect(other.mode == one.mode && other.logEvidence == one.logEvidence)
        guard case .classes(let found) = other.predict(Self.inputs, threads: threads).content else { return }
        #expect(found == expected)
        #expect(other.sample(3, seed: 2).draws == one.sample(3, seed: 2).draws)
      }
    }
  }

  @Test func theTuningOfEachLayerIsNoWorseThanASharedOne() throws {
    for structure in [LaplaceStructure.kronecker, .diagonal, .dense] {
      func evidence(_ tuning: PrecisionTuning) throws -> Double {
        let posterior = try Laplace(structure, tuning: tuning, training: Self.training)
          .fit(Self.model, to: Self.examples, seed: 3)
        return try #require(posterior.logEvidence)
      }
      let (fixed, shared, layers) = (try evidence(.fixed), try evidence(.shared), try evidence(.perLayer))
      #expect(fixed <= shared + 1e-9)
      #expect(shared <= layers + 1e-6)
      if structure == .diagonal { #expect(layers <= (try evidence(.perParameter)) + 1e-6) }
    }
  }

  @Test func denseLaplaceOnAMillionParametersRefusesAtOnceAndNamesWhatFits() throws {
    let large = BayesianModel(
      Network.multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10, activation: .relu),
      prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
    let examples = Examples(
      inputs: DenseArray(repeating: 0, shape: [2, 784]), targets: DenseArray(repeating: 0, shape: [2]))
    let method = Laplace(.dense, memoryLimit: 8_000_000_000, training: TrainingConfiguration(epochs: 1_000_000))
    #expect(
      throws: TrainingError.unusable(
        "the curvature of 952410 parameters needs 36 TB of memory, more than the limit of 8.0 GB; the Kronecker structure "
          + "needs 52 MB")
    ) { try method.fit(large, to: examples) }
  }

  private static func refusal(
    _ structure: LaplaceStructure, _ curvature: Curvature, rows: Int = 1797, memoryLimit: Int = 8_000_000_000
  ) -> String? {
    let large = BayesianModel(
      Network.multilayerPerceptron(inputs: 61, hidden: [800, 400], outputs: 10, activation: .relu),
      prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
    let examples = Examples(
      inputs: DenseArray(repeating: 0, shape: [rows, 61]), targets: DenseArray(repeating: 0, shape: [rows]))
    let method = Laplace(
      structure, curvature: curvature, tuning: .fixed, memoryLimit: memoryLimit,
      training: TrainingConfiguration(epochs: 1_000_000))
    do {
      _ = try method.fit(large, to: examples)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func aHessianOfManyParametersIsRefusedAtOnceAndNamesWhatFits() {
    let passes = "the Hessian of 374010 parameters takes"
    #expect(
      Self.refusal(.diagonal, .hessian)
        == "\(passes) 374010 passes over 1797 rows, more than can be waited for; the Hessian of the last layer in full needs "
        + "643 MB")
    #expect(
      Self.refusal(.subnetwork(.largestVariance(count: 500)), .hessian)
        == "\(passes) 374510 passes over 1797 rows, more than can be waited for; the Hessian of the last layer in full needs "
        + "643 MB")
    #expect(
      Self.refusal(.dense, .hessian, rows: 60_000)
        == "the curvature of 374010 parameters needs 5.6 TB of memory, more than the limit of 8.0 GB; the diagonal of the "
        + "Gauss–Newton matrix needs 12 MB")
  }

  @Test func theTargetsOfASampledFisherCountInMemory() {
    let alone = Self.refusal(.functional(examples: 100), .empiricalFisher, memoryLimit: 500_000_000)
    #expect(alone?.contains("needs 599 MB of memory") == true, "\(alone ?? "accepted")")
    let sampled = Self.refusal(.functional(examples: 100), .sampledFisher(draws: 100), memoryLimit: 500_000_000)
    #expect(sampled?.contains("needs 67 GB of memory") == true, "\(sampled ?? "accepted")")
  }

  @Test func drawsThroughTheNetworkArePredictedAsTheyAreDrawn() throws {
    for structure in [LaplaceStructure.kronecker, .diagonal, .lastLayer(.dense), .lowRank(4)] {
      let method = Laplace(structure, prediction: .network(draws: 40), training: Self.training)
      let posterior = try method.fit(Self.model, to: Self.examples, seed: 5, control: RunControl(threads: 1))
      let together = posterior.sample(40, seed: 5).predict(Self.inputs, threads: 1)
      for threads in [1, 3] {
        let one = posterior.predict(Self.inputs, threads: threads)
        #expect(one.classes.draws == together.classes.draws)
      }
    }
  }

  /// Far from a mode: outputs that are sure of the wrong class.
  private static let farAway = DenseArray<Float>(
    (0..<model.parameterCount).map { Float(3 * Foundation.sin(Double(7 * $0 + 1))) })

  @Test(arguments: [LaplaceStructure.dense, .diagonal, .subnetwork(.largestVariance(count: 5))])
  func aHessianThatIsNegativeBeyondThePriorIsRefused(_ structure: LaplaceStructure) throws {
    func approximate(_ curvature: Curvature, scale: Double) throws -> LaplacePosterior {
      let model = BayesianModel(
        Self.model.network, prior: .normal(scale: scale), likelihood: Self.model.likelihood)
      return try Laplace(structure, curvature: curvature, tuning: .fixed, training: Self.training)
        .approximate(model, mode: Self.farAway, Self.examples)
    }
    #expect(
      throws: TrainingError.unusable(
        "the precision of the posterior is not positive definite: an exact Hessian away from a mode need not be; take the "
          + "Gauss–Newton matrix, or train longer")
    ) { try approximate(.hessian, scale: 100) }
    #expect(throws: Never.self) { try approximate(.gaussNewton, scale: 100) }
    #expect(throws: Never.self) { try approximate(.hessian, scale: 0.01) }
  }

  @Test func theHessiansDiagonalKeepsItsSigns() throws {
    let point = CurvaturePoint<Float>(
      Self.model, parameters: Self.farAway, inputs: Self.examples.inputs, targets: Self.examples.targets)
    let values = try DiagonalCurvature(.hessian, at: point).values.elements
    let matrix = try DenseCurvature(.hessian, at: point).matrix
    #expect(values.indices.allSatisfy { abs(values[$0] - matrix[$0, $0]) <= 1e-4 * max(1, abs(values[$0])) })
    #expect(values.contains { $0 < -1 })
    let narrow = BayesianModel(Self.model.network, prior: .normal(scale: 0.01), likelihood: Self.model.likelihood)
    let posterior = try Laplace(.diagonal, curvature: .hessian, tuning: .fixed, training: Self.training)
      .approximate(narrow, mode: Self.farAway, Self.examples)
    // Σ log Λ, with Λ = F + 10⁴.
    let logDeterminant = values.reduce(0) { $0 + Foundation.log(Double($1) + 1e4) }
    let other = try Laplace(.diagonal, tuning: .fixed, training: Self.training)
      .approximate(narrow, mode: Self.farAway, Self.examples)
    let squares = try DiagonalCurvature(.gaussNewton, at: point).values.elements
    let otherDeterminant = squares.reduce(0) { $0 + Foundation.log(Double($1) + 1e4) }
    let difference = try #require(posterior.logEvidence) - (try #require(other.logEvidence))
    // Of the log evidence nothing else differs.
    #expect(abs(difference - 0.5 * (otherDeterminant - logDeterminant)) < 1e-6)
    #expect(abs(difference) > 1e-4)
  }

  @Test func whatDoesNotFitIsRefusedBeforeTraining() throws {
    let endless = TrainingConfiguration(epochs: 1_000_000)
    func model(_ prior: Prior, _ likelihood: Likelihood = .categorical(classes: 2)) -> BayesianModel {
      BayesianModel(Self.model.network, prior: prior, likelihood: likelihood)
    }
    #expect(throws: TrainingError.self) {
      try Laplace(training: endless).fit(model(.laplace(scale: 1)), to: Self.examples)
    }
    #expect(throws: TrainingError.self) {
      try Laplace(tuning: .perParameter, training: endless).fit(Self.model, to: Self.examples)
    }
    #expect(throws: TrainingError.self) {
      try Laplace(tuning: .fixed, training: endless).fit(model(.flat), to: Self.examples)
    }
    #expect(throws: TrainingError.self) {
      try Laplace(prediction: .probit, training: endless)
        .fit(model(.normal(scale: 1), .gaussian(noise: .fixed(1))), to: Self.examples)
    }
    #expect(throws: TrainingError.self) {
      try Laplace(.subnetwork(.slices(["missing"])), training: endless).fit(Self.model, to: Self.examples)
    }
    #expect(
      throws: TrainingError.unusable(
        "the probabilities of the Laplace bridge hardly depend on the precision, so that rows held back cannot choose it; "
          + "take another tuning, or the probit prediction")
    ) {
      try Laplace(tuning: .heldOut, prediction: .laplaceBridge, training: endless).fit(Self.model, to: Self.examples)
    }
    #expect(
      throws: TrainingError.unusable(
        "the Hessian has negative directions, which the largest ones leave out; take the Gauss–Newton matrix")
    ) {
      try Laplace(.lowRank(3), curvature: .hessian, training: endless).fit(Self.model, to: Self.examples)
    }
    let embedded = BayesianModel(
      Network(inputs: [2]) {
        Embedding(categories: 5, dimension: 2); Flatten(); Dense(2)
      }, prior: .normal(scale: 1),
      likelihood: .categorical(classes: 2))
    #expect(throws: TrainingError.self) { try Laplace(.kronecker, training: endless).fit(embedded, to: Self.examples) }
  }

  @Test func itStopsWhenAsked() throws {
    #expect(throws: TrainingError.interrupted(epochs: 1, canResume: false)) {
      try Laplace(training: Self.training).fit(
        Self.model, to: Self.examples, seed: 1, control: RunControl(shouldStop: { true }))
    }
    #expect(throws: TrainingError.interrupted(epochs: 30, canResume: false)) {
      try Laplace(training: Self.training).approximate(
        Self.model, mode: DenseArray(repeating: 0.1, shape: [Self.model.parameterCount]), Self.examples,
        control: RunControl(shouldStop: { true }))
    }
  }
}
