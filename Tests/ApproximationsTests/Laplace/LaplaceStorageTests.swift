//  LaplaceStorageTests.swift — contents give back the same posterior, and other contents are refused.

import Approximations
import Arrays
import Curvatures
import Evaluation
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct LaplaceStorageTests {
  private static let structures: [LaplaceStructure] = [
    .dense, .kronecker, .diagonal, .lowRank(3), .functional(examples: 5), .lastLayer(.dense), .lastLayer(.kronecker),
    .lastLayer(.diagonal), .subnetwork(.largestVariance(count: 7)), .subnetwork(.slices(["0.dense.weight"])),
  ]

  private static func posterior(_ structure: LaplaceStructure, _ likelihood: Likelihood) throws -> LaplacePosterior {
    let outputs = likelihood.outputCount(targets: 1) ?? 1
    let model = BayesianModel(
      Network(inputs: 2) {
        Dense(4); Activation.tanh; Dense(outputs)
      }, prior: .normal(scale: 1), likelihood: likelihood)
    var random = Philox(seed: 5)
    let theta: DenseArray<Float> = random.normal(shape: [model.parameterCount])
    return try Laplace(structure, training: TrainingConfiguration(epochs: 1))
      .approximate(model, mode: theta, LaplaceTests.examples, seed: 9)
  }

  @Test(arguments: structures) func contentsGiveBackTheSamePosterior(_ structure: LaplaceStructure) throws {
    for likelihood in [Likelihood.gaussian(noise: .learned(initial: 0.5)), .categorical(classes: 2)] {
      let posterior = try Self.posterior(structure, likelihood)
      let again = try LaplacePosterior(model: posterior.model, contents: posterior.contents)
      #expect(again.contents == posterior.contents && again.logEvidence == posterior.logEvidence)
      #expect(again.priorPrecisions == posterior.priorPrecisions && again.prediction == posterior.prediction)
      let (found, expected) = (
        again.linearisedOutputs(LaplaceTests.inputs), posterior.linearisedOutputs(LaplaceTests.inputs)
      )
      #expect(found.means == expected.means && found.covariances == expected.covariances)
      #expect(again.sample(3, seed: 2).draws == posterior.sample(3, seed: 2).draws)
      #expect(throws: CurvatureError.self) { try again.logEvidence(scalingPriorPrecisionBy: 2) }
    }
  }

  private func refusal(
    _ structure: LaplaceStructure, _ spoil: (inout PosteriorContents) -> Void
  ) throws -> String {
    let posterior = try Self.posterior(structure, .gaussian(noise: .fixed(1)))
    var contents = posterior.contents
    spoil(&contents)
    do {
      _ = try LaplacePosterior(model: posterior.model, contents: contents)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test func whatIsNoLaplaceApproximationIsRefusedWithTheReason() throws {
    #expect(try refusal(.dense) { _ in } == "accepted")
    #expect(
      try refusal(.dense) { $0.arrays["factor.high"]?[0] = 0 } == "the diagonal of the array 'factor' is not positive")
    #expect(
      try refusal(.dense) { $0.arrays["indices.high"]?[1] = 0 }
        == "the array 'indices' is no ascending list of parameters")
    #expect(
      try refusal(.dense) { $0.arrays["slices"]?[1] = 0 }
        == "the array 'slices' is no ascending list of parts of the network")
    #expect(try refusal(.diagonal) { $0.arrays["variances"]?[2] = -1 } == "a variance is below zero")
    #expect(try refusal(.kronecker) { $0.arrays["values.0"]?[0] = -1 } == "an eigenvalue is below zero")
    #expect(
      try refusal(.kronecker) { $0.arrays["vectors.0"] = DenseArray(repeating: 1, shape: [3, 3]) }
        == "the array 'vectors.0' has shape [3, 3], not [4, 4]")
    #expect(try refusal(.kronecker) { $0.numbers["precision.0"] = 0 } == "the number 'precision.0' is 0.0")
    #expect(try refusal(.kronecker) { $0.numbers["scale"] = nil } == "the number 'scale' is missing")
    #expect(
      try refusal(.lowRank(2)) { $0.arrays["shrinkage.high"]?[0] = 2 }
        == "a covariance of few directions has numbers below zero, or widens the prior")
    #expect(
      try refusal(.diagonal) { $0.numbers["prediction"] = 1 }
        == "the probit prediction is for classes and labels; take the linearised prediction")
    #expect(try refusal(.diagonal) { $0.numbers["scale"] = 1 } == "the number 'scale' does not belong to it")
    #expect(
      try refusal(.diagonal) { $0.arrays["values.0"] = DenseArray([1]) }
        == "the array 'values.0' does not belong to it")
  }

  /// As large curvatures are kept, and small ones once were.
  @Test func directionsInSinglePrecisionAreReadAsTheyAre() throws {
    let posterior = try Self.posterior(.functional(examples: 5), .gaussian(noise: .fixed(0.7)))
    var contents = posterior.contents
    for name in ["directions", "shrinkage", "deviations"] {
      let high = try #require(contents.arrays[name + ".high"])
      contents.arrays[name + ".high"] = nil
      contents.arrays[name + ".low"] = nil
      contents.arrays[name] = name == "directions" ? high.reshaped([5, high.count / 5]) : high
    }
    let single = try LaplacePosterior(model: posterior.model, contents: contents)
    #expect(single.contents == contents)
    let (found, expected) = (
      single.linearisedOutputs(LaplaceTests.inputs), posterior.linearisedOutputs(LaplaceTests.inputs)
    )
    for (a, b) in zip(found.covariances.elements, expected.covariances.elements) {
      #expect(a != b && abs(a / b - 1) < 1e-4)
    }
    contents.arrays["shrinkage"]?[0] = -1
    #expect(throws: PosteriorFault.self) { try LaplacePosterior(model: posterior.model, contents: contents) }
  }

  // MARK: Predictions

  @Test func theVarianceOfARegressionComesInTwoParts() throws {
    let posterior = try Self.posterior(.dense, .gaussian(noise: .fixed(0.7)))
    let predictive = posterior.predict(LaplaceTests.inputs)
    let covariances = posterior.linearisedOutputs(LaplaceTests.inputs).covariances
    for row in 0..<2 {
      #expect(abs(predictive.aleatoric[row] - 0.7) < 1e-6)
      #expect(abs(predictive.epistemic[row] / covariances[row, 0, 0].squareRoot() - 1) < 1e-12)
      #expect(covariances[row, 0, 0] > 0)
    }
  }

  @Test func otherLikelihoodsKeepTheirOwnDistributions() throws {
    let heavy = try Self.posterior(.kronecker, .studentT(degreesOfFreedom: 5, scale: .fixed(0.3)))
    guard case .numbers(let forecast) = heavy.predict(LaplaceTests.inputs).content,
      case .studentT(let degrees, let locations, let scales) = forecast.components
    else {
      Issue.record("no t distributions")
      return
    }
    #expect(degrees == 5 && locations.shape == [100, 2, 1] && scales.elements.allSatisfy { abs($0 - 0.3) < 1e-6 })
    let counts = try Self.posterior(.kronecker, .poisson)
    guard case .numbers(let forecast) = counts.predict(LaplaceTests.inputs).content,
      case .poisson(let rates) = forecast.components
    else {
      Issue.record("no counts")
      return
    }
    #expect(rates.shape == [100, 2, 1] && rates.elements.allSatisfy { $0 > 0 })
  }
}
