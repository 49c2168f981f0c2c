//  IllustrationTests.swift — the pictures of the documentation, and the fact that they show. With CREDENCE_FIGURES set to a
//  folder, they are written there:
//
//    CREDENCE_FIGURES=Documentation/Images swift test -c release --filter IllustrationTests

import Credence
import Foundation
import Testing

@Suite struct IllustrationTests {
  /// 60 noisy points of a curve, with a gap in the middle.
  private static let examples: Examples = {
    var random = Philox(seed: 6)
    let inputs: [Float] = (0..<60).map { i in
      let share = (Float(i % 30) + Float(random.uniform())) / 30
      return i < 30 ? -3.2 + 2.2 * share : 1.0 + 2.2 * share
    }
    let targets = inputs.map { x in sin(1.6 * x) + 0.25 * x + 0.15 * Float(random.normal()) }
    return Examples(inputs: DenseArray(inputs, shape: [60, 1]), targets: DenseArray(targets))
  }()

  private static let model = BayesianModel(
    .multilayerPerceptron(inputs: 1, hidden: [50, 50], outputs: 1, activation: .gelu), prior: .fanIn(gain: 2),
    likelihood: .gaussian(noise: .learned(initial: 0.2)))

  private static let training = TrainingConfiguration(epochs: 800, batchSize: 30, schedule: .cosine(0.01))

  private static let places = (0...240).map { -5 + 10 * Float($0) / 240 }

  private static func figure(of posterior: DrawsPosterior, title: String, subtitle: String) -> (Figure, Predictive) {
    let forecast = posterior.predict(DenseArray(places, shape: [places.count, 1]))
    // Both bands from their standard deviations, so that one always holds the other.
    let half = StandardNormal.quantile(0.95)
    let predictions = places.indices.map { i in
      let (mean, epistemic) = (forecast.mean[i], half * forecast.epistemic[i])
      let total = half * forecast.standardDeviation[i]
      return RegressionBand.Prediction(
        input: Double(places[i]), mean: mean, epistemic: mean - epistemic...mean + epistemic,
        total: mean - total...mean + total)
    }
    let observations = (0..<examples.count).map {
      Point(x: Double(examples.inputs[$0, 0]), y: Double(examples.targets[$0]))
    }
    let figure = RegressionBand(predictions: predictions, observations: observations).figure(
      title: title, subtitle: subtitle, level: "90 %", input: "input x", target: "target y")
    return (figure, forecast)
  }

  /// Writes a figure where the environment asks for it.
  private static func write(_ figure: Figure, _ name: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["CREDENCE_FIGURES"] else { return }
    try figure.svg.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  @Test func anEnsembleIsUnsureWhereThereIsNoData() async throws {
    let posterior = try await DeepEnsemble(members: 10, training: Self.training)
      .fit(Self.model, to: Self.examples, seed: 1)
    let (figure, forecast) = Self.figure(
      of: posterior, title: "A deep ensemble of ten networks",
      subtitle: "The band is the noise where there are data, and opens where there are none")
    try Self.write(figure, "deep-ensemble.svg")
    let (gap, seen) = (
      try #require(Self.places.firstIndex { $0 >= 0 }), try #require(Self.places.firstIndex { $0 >= 2 })
    )
    #expect(forecast.epistemic[gap] > 2 * forecast.epistemic[seen])
    #expect(forecast.epistemic[0] > 2 * forecast.epistemic[seen])
  }

  @Test func aModeIsAsSureEverywhere() async throws {
    let posterior = try await MaximumAPosteriori(training: Self.training).fit(Self.model, to: Self.examples, seed: 1)
    let (figure, forecast) = Self.figure(
      of: posterior, title: "One network at a mode of the posterior",
      subtitle: "It knows the noise, and not what the data leave open")
    try Self.write(figure, "maximum-a-posteriori.svg")
    #expect(forecast.epistemic.allSatisfy { $0 == 0 })
  }
}
