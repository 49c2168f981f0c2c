//  RealDataTests.swift — from the bundled files to scores, against what no learning would give.

import Approximations
import Arrays
import Datasets
import Evaluation
import Foundation
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct RealDataTests {
  private static func parts(of name: String) throws -> (train: Table, validation: Table, test: Table) {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let table = try Table(contentsOf: root.appending(path: "Data/\(name).csv"))
    var random = Philox(seed: 17)
    return table.parts(of: .random(of: table.rowCount, testFraction: 0.25, using: &random))
  }

  @Test func aLaplaceApproximationOfDiabetesIsNoWorseThanItsPointNorEvidenceDuringTraining() async throws {
    let parts = try Self.parts(of: "diabetes")
    let encoding = try TabularEncoding(fitting: parts.train, target: "y")
    let examples = Examples(
      inputs: try encoding.inputs(of: parts.train), targets: try encoding.regressionTargets(of: parts.train))
    let model = BayesianModel(
      .multilayerPerceptron(inputs: encoding.inputCount, hidden: [20], outputs: 1), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned))
    let whole = TrainingConfiguration(epochs: 150, schedule: .cosine(0.01))
    var stopping = whole
    stopping.earlyStopping = EarlyStopping()
    let inputs: DenseArray<Float> = try encoding.inputs(of: parts.test)
    let targets: DenseArray<Double> = try encoding.regressionTargets(of: parts.test)
    func loss(_ posterior: some Posterior) -> Double {
      RegressionScores(of: posterior.predict(inputs).mixture, against: targets.elements).negativeLogLikelihood
    }
    func loss(_ tuning: PrecisionTuning, _ training: TrainingConfiguration) async throws -> Double {
      loss(try await Laplace(.dense, tuning: tuning, training: training).fit(model, to: examples, seed: 1))
    }
    let point = loss(try await MaximumAPosteriori(training: stopping).fit(model, to: examples, seed: 1))
    let held = try await loss(.heldOut, stopping)
    #expect(held < point + 0.01, "\(held) against \(point)")
    let after = try await loss(.shared, whole)
    let during = try await loss(.duringTraining(EvidenceSchedule(burnIn: 5, interval: 5)), whole)
    #expect(during < after, "\(during) against \(after)")
  }

  @Test func anEnsembleForecastsDiabetesBetterThanTheTrainingRowsDo() async throws {
    let parts = try Self.parts(of: "diabetes")
    let encoding = try TabularEncoding(fitting: parts.train, target: "y")
    let unit = try #require(encoding.target.standardisation)
    let examples = Examples(
      inputs: try encoding.inputs(of: parts.train), targets: try encoding.regressionTargets(of: parts.train))
    let model = BayesianModel(
      .multilayerPerceptron(inputs: encoding.inputCount, hidden: [30], outputs: 1), prior: .fanIn(gain: 1),
      likelihood: .gaussian(noise: .learned))
    let ensemble = DeepEnsemble(
      members: 5,
      training: TrainingConfiguration(epochs: 150, schedule: .cosine(0.01), earlyStopping: EarlyStopping(patience: 150))
    )
    let posterior = try await ensemble.fit(model, to: examples, seed: 1)
    let forecast = posterior.predict(try encoding.inputs(of: parts.test))
      .rescaled(offset: unit.mean, scale: unit.scale)
    let targets = try encoding.originalTargets(of: parts.test)
    let scores = RegressionScores(of: forecast.mixture, against: targets)

    let untaught = GaussianMixture(mean: unit.mean, standardDeviation: unit.scale)
    let ignorance = targets.reduce(0) { $0 - untaught.logDensity($1) } / Double(targets.count)
    #expect(scores.negativeLogLikelihood < ignorance - 0.1, "\(scores) against \(ignorance)")
    // The data are near to linear, so that a linear model is hard to beat: it must not be far ahead.
    let linear = try await MaximumAPosteriori(
      training: TrainingConfiguration(epochs: 300, batchSize: examples.count, schedule: .cosine(0.05))
    ).fit(
      BayesianModel(
        Network(inputs: encoding.inputCount) { Dense(1) }, prior: .normal(scale: 1),
        likelihood: .gaussian(noise: .learned)), to: examples, seed: 1)
    let linearScores = RegressionScores(
      of: linear.predict(try encoding.inputs(of: parts.test)).rescaled(offset: unit.mean, scale: unit.scale).mixture,
      against: targets)
    #expect(scores.negativeLogLikelihood < linearScores.negativeLogLikelihood + 0.05, "\(scores), \(linearScores)")
    #expect(scores.rootMeanSquaredError < 0.85 * unit.scale)
    // Three binomial deviations of 110 rows, and as much again for what 330 training rows leave open.
    let coverage = try #require(scores.coverage["0.9"])
    #expect(abs(coverage - 0.9) < 0.17)
  }

  @Test func anEnsembleTellsBenignFromMalignant() async throws {
    let parts = try Self.parts(of: "breast_cancer")
    let encoding = try TabularEncoding(fitting: parts.train, target: "y")
    let labels = try encoding.classTargets(of: parts.train)
    let examples = Examples(inputs: try encoding.inputs(of: parts.train), targets: DenseArray(labels.map { Float($0) }))
    let model = BayesianModel(
      .multilayerPerceptron(inputs: encoding.inputCount, hidden: [20], outputs: 2), prior: .normal(scale: 1),
      likelihood: .categorical(classes: 2))
    let ensemble = DeepEnsemble(members: 5, training: TrainingConfiguration(epochs: 60, schedule: .cosine(0.01)))
    let posterior = try await ensemble.fit(model, to: examples, seed: 1)
    let forecast = posterior.predict(try encoding.inputs(of: parts.test)).classes
    let scores = ClassificationScores(of: forecast, against: try encoding.classTargets(of: parts.test))
    #expect(scores.count == 142)
    #expect(scores.accuracy > 0.93)
    // The shares of the classes alone give 0.66 nats.
    #expect(scores.negativeLogLikelihood < 0.2)
    #expect(scores.expectedCalibrationError < 0.08)
  }
}
