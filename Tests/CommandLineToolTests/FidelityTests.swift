//  FidelityTests.swift — credence fidelity: a reference that is made once and read again, and methods beside it.

import Foundation
import Testing

@Suite struct FidelityTests {
  private struct Report: Decodable {
    struct Convergence: Decodable {
      let greatestRHat: Double?
      let quantityCount: Int
    }
    struct Reference: Decodable {
      let path: String
      let seconds: Double?
      let draws: Int
      let gradients: Int
      let isConverged: Bool
      let inside: Convergence
      let halves: [String: Double]
    }
    struct Result: Decodable {
      let method: String
      let scores: [String: Double]
      let seconds: Double
    }
    let rows: Int
    let testRows: Int
    let reference: Reference
    let results: [Result]
  }

  private static let quick = [
    "--network", "3", "--epochs", "20", "--quiet", "--methods", "map,ensemble", "--option", "nuts.warm-up=60",
    "--option", "nuts.draws=20", "--option", "nuts.thinning=2", "--option", "ensemble.members=3",
  ]

  @Test func aReferenceIsMadeOnceAndReadAgainAndRefusedForOtherSettings() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let command = ["fidelity", "train.csv", "--target", "y"] + Self.quick
    let first = try place.start(command + ["--format", "json"]).wait()
    #expect(first.code == 0 && first.errors.isEmpty, "\(first.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(first.output.utf8))
    #expect(report.results.map(\.method) == ["map", "ensemble"] && report.rows == 283 && report.testRows == 71)
    #expect(report.reference.draws == 80 && report.reference.gradients > 400)
    #expect(report.reference.path == "train.reference.credence" && (report.reference.seconds ?? 0) > 0)
    #expect(report.reference.inside.quantityCount == 72, "71 means and the noise")
    for key in ["meanError", "wasserstein", "epistemicRatioInside", "epistemicRatioOutside", "logScoreDifference"] {
      #expect(report.results.allSatisfy { $0.scores[key] != nil } && report.reference.halves[key] != nil, "\(key)")
    }
    #expect(report.results[0].scores["epistemicRatioInside"] == 0, "a mode has no epistemic uncertainty")
    #expect((report.results[1].scores["epistemicRatioInside"] ?? 0) > 0)

    let second = try place.start(command + ["--format", "json"]).wait()
    let again = try JSONDecoder().decode(Report.self, from: Data(second.output.utf8))
    #expect(again.reference.seconds == nil && again.results.map(\.scores) == report.results.map(\.scores))

    let text = try place.start(command).wait().output
    #expect(text.hasPrefix("Reference: NUTS, 80 draws, ") && text.contains("\nensemble  "))
    #expect(text.contains("It is NOT there yet") != report.reference.isConverged)

    let other = try place.start(command + ["--prior-scale", "2"]).wait()
    #expect(other.code == 1 && other.output.isEmpty)
    #expect(
      other.errors == "credence: train.reference.credence: this is the reference of other data or settings; "
        + "repeat its settings, name another file with --reference, or delete it.\n")
  }

  @Test func classesAreComparedByTheirProbabilities() throws {
    let place = try Workplace()
    try place.split("iris.csv")
    let outcome = try place.start(
      ["fidelity", "train.csv", "--target", "y", "--reference", "kept.credence"] + Self.quick
    ).wait()
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(outcome.output.contains("same class") && outcome.output.contains("(halves of the reference)"))
    #expect(place.exists("kept.credence"))
  }

  @Test func wrongUseIsOneSentence() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let fraction = try place.start(["fidelity", "train.csv", "--target", "y", "--test-fraction", "1"]).wait()
    #expect(fraction.code == 2 && fraction.errors.contains("--test-fraction is a share between 0 and 1"))
    let network = try place.start(["fidelity", "train.csv", "--target", "y", "--network", "lenet5"]).wait()
    #expect(network.code == 2 && network.errors.contains("takes images"))
  }
}
