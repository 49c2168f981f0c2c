//  FidelityTests.swift — scores of predictions whose distance is known, and a study from end to end.

import Approximations
import Arrays
import Datasets
import Evaluation
import Experiments
import Foundation
import Testing
import Training

@Suite struct FidelityTests {
  /// Normal predictions of two rows by two draws, with means `offset` ± `spread` and noise `noise`.
  private func numbers(offset: Double, spread: Double, noise: Double) -> FidelityPredictions {
    let means = DenseArray([offset - spread, offset - spread, offset + spread, offset + spread], shape: [2, 2, 1])
    let predictive = Predictive(
      .numbers(
        means: means, standardDeviations: DenseArray([Double](repeating: noise, count: 4), shape: [2, 2, 1])))
    return FidelityPredictions(inside: predictive, outside: predictive.rescaled(offset: 0, scale: 2))
  }

  @Test func aShiftOfAMeanIsTheDistanceInDeviationsOfTheReference() {
    let reference = numbers(offset: 0, spread: 0.6, noise: 0.8)
    let targets = HeldOutData.Targets.numbers([0, 0])
    let same = FidelityScores(of: reference, against: reference, targets: targets)
    #expect(same.meanError == 0 && same.wasserstein == 0 && same.logScoreDifference == 0)
    #expect(same.epistemicRatioInside == 1 && same.epistemicRatioOutside == 1 && same.agreement == nil)
    // The reference has a variance of 0.36 + 0.64 = 1.
    let shifted = FidelityScores(
      of: numbers(offset: 0.5, spread: 0.6, noise: 0.8), against: reference, targets: targets)
    #expect(abs((shifted.meanError ?? 0) - 0.5) < 1e-12 && abs((shifted.wasserstein ?? 0) - 0.5) < 1e-6)
    #expect(shifted.logScoreDifference < -0.05)
    let unsure = FidelityScores(
      of: numbers(offset: 0.5, spread: 0.6, noise: 1.6), against: reference, targets: targets)
    #expect(abs((unsure.meanError ?? 0) - 0.5) < 1e-12, "whatever the method's own deviation")
    let narrow = FidelityScores(
      of: numbers(offset: 0, spread: 0.3, noise: 0.8), against: reference, targets: targets)
    #expect(narrow.meanError == 0 && abs(narrow.epistemicRatioInside - 0.5) < 1e-12)
    #expect(abs(narrow.epistemicRatioOutside - 0.5) < 1e-12 && (narrow.wasserstein ?? 0) > 0.05)
  }

  @Test func distancesOfClassesAreThoseOfTheirProbabilities() {
    func classes(_ probabilities: [Double]) -> FidelityPredictions {
      let predictive = Predictive(.classes(probabilities: DenseArray(probabilities, shape: [2, 2, 2])))
      return FidelityPredictions(inside: predictive, outside: predictive)
    }
    // Means (0.8, 0.2), (0.6, 0.4); deviations 0.1 and 0.2.
    let reference = classes([0.7, 0.3, 0.4, 0.6, 0.9, 0.1, 0.8, 0.2])
    // Means (0.7, 0.3), (0.3, 0.7); deviations 0.1 and 0.05.
    let other = classes([0.6, 0.4, 0.25, 0.75, 0.8, 0.2, 0.35, 0.65])
    let scores = FidelityScores(of: other, against: reference, targets: .classes([0, 1]))
    #expect(scores.agreement == 0.5 && abs((scores.totalVariation ?? 0) - 0.2) < 1e-12 && scores.wasserstein == nil)
    #expect(abs(scores.epistemicRatioInside - 0.15 / 0.3) < 1e-12)
    let expected = 0.5 * (log(0.7) + log(0.7) - log(0.8) - log(0.4))
    #expect(abs(scores.logScoreDifference - expected) < 1e-12)
  }

  @Test func aReferenceIsKnownAgainFromItsFileAndOnlyForItsOwnSettings() throws {
    let train = try SmallData.regression()
    let data = HeldOutData(
      train: train, inputs: train.examples.inputs.rows(at: [0, 1, 2]), targets: .numbers([0, 0, 0]))
    let study = FidelityStudy(data: data, settings: FitDescription(network: .dense([3]), seed: 3))
    let description = study.reference(["warm-up": .integer(60), "draws": .integer(10)])
    let model = try description.run(on: train, control: RunControl(threads: 2))
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).credence").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    let read = try FittedModel(contentsOf: path)
    #expect(study.standing(of: read, as: description) == .whole)
    func standing(_ warmUp: Int, _ draws: Int) -> ReferenceStanding {
      study.standing(of: read, as: study.reference(["warm-up": .integer(warmUp), "draws": .integer(draws)]))
    }
    #expect(standing(60, 9) == .whole && standing(60, 11) == .shorter)
    let warmUp = ReferenceDifference(name: "nuts.warm-up", found: "60", wanted: "61")
    #expect(standing(61, 10) == .otherSettings([warmUp]))
    // A default that is written out is the same reference.
    #expect(
      study.standing(
        of: read,
        as: study.reference(
          ["warm-up": .integer(60), "draws": .integer(10), "precision": .choice("double")])) == .whole)
    var settings = study.settings
    (settings.priorScale, settings.seed) = (2, 4)
    let other = FidelityStudy(data: data, settings: settings)
    let options: [String: OptionValue] = ["warm-up": .integer(60), "draws": .integer(10)]
    #expect(
      other.standing(of: read, as: other.reference(options))
        == .otherSettings([
          ReferenceDifference(name: "prior-scale", found: "1.0", wanted: "2.0"),
          ReferenceDifference(name: "seed", found: "3", wanted: "4"),
        ]))
    let noisy = FidelityStudy(
      data: HeldOutData(train: try SmallData.noisyRegression(), inputs: data.inputs, targets: data.targets),
      settings: study.settings)
    #expect(noisy.standing(of: read, as: noisy.reference(options)) == .otherData)
    let mode = try FitDescription(method: .maximumAPosteriori, network: .dense([3]), epochs: 2, seed: 3)
      .run(on: train, control: RunControl(threads: 1))
    #expect(study.standing(of: mode, as: description) == .otherMethod("map"))
    let chains = try #require(read.posterior as? MarkovChainsPosterior)
    #expect(chains.chainCount == 4 && chains.drawsPerChain == 10)
    let own = study.predictions(of: read, threads: 1)
    #expect(FidelityScores(of: own, against: own, targets: data.targets).wasserstein == 0)
    let far = DenseArray(data.inputs.elements.map { 3 * $0 }, shape: data.inputs.shape)
    #expect(own.outside.mean == read.predict(far, threads: 1).mean, "three times as far from the mean")
    let noise = try #require(study.noise(of: read, threads: 1))
    #expect((noise.wasserstein ?? 0) > 0, "halves of a short run differ")
    let halves = [0..<20, 20..<40].map { rows in
      let draws = DrawsPosterior(
        model: chains.model, draws: chains.draws.draws.rows(rows), states: DenseArray([], shape: [20, 0]))
      return study.predictions(of: FittedModel(record: read.record, posterior: draws), threads: 1)
    }
    #expect(noise == FidelityScores(of: halves[0], against: halves[1], targets: data.targets))
  }
}
