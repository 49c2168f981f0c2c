//  LaplaceCommandTests.swift — `laplace` from the command line: every structure, the log evidence, and what does not fit.

import Foundation
import Testing

@Suite struct LaplaceCommandTests {
  private static let quick = ["--target", "y", "--network", "8", "--epochs", "40", "--quiet", "--method", "laplace"]

  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.split("diabetes.csv")
    return place
  }

  @Test(arguments: ["kronecker", "dense", "diagonal", "low-rank", "functional", "last-layer", "subnetwork"])
  func everyStructureFitsPredictsAndIsInspected(structure: String) throws {
    let place = try place()
    let fit = try place.start(
      ["fit", "train.csv", "--out", "m.credence"] + Self.quick
        + ["--option", "structure=\(structure)"] + (structure == "subnetwork" ? ["--option", "count=20"] : [])
    ).wait()
    #expect(fit.code == 0 && fit.errors.isEmpty, "\(fit.errors)")
    let predictions = try place.run("predict", "m.credence", "test.csv").output.split(separator: "\n").dropFirst()
    let rows = predictions.map { $0.split(separator: ",").compactMap { Double($0) } }
    #expect(rows.count == 88)
    // mean, standard deviation, epistemic, aleatoric
    // Of a part of the weights, those of units that are off at a row say nothing there.
    let hasGaps = structure == "subnetwork"
    #expect(rows.allSatisfy { ($0[2] > 0 || hasGaps && $0[2] == 0) && $0[3] > 0 && ($0[1] > $0[3] || $0[2] == 0) })
    #expect(Set(rows.map { $0[3] }).count == 1, "the noise is the same everywhere")
    #expect(Set(rows.map { $0[2] }).count > (hasGaps ? 40 : 80), "and the other part is not")
    let summary = try place.run("inspect", "m.credence").output
    #expect(summary.contains("log evidence") && !summary.contains("not estimated"))
    #expect(try place.run("evaluate", "m.credence", "test.csv").code == 0)
  }

  @Test func aRowIsPredictedTheSameAloneAndAmongOthers() throws {
    let place = try Workplace()
    try place.split("iris.csv")
    let target = try #require(try place.lines(of: "train.csv")[0].split(separator: ",").last)
    let fit = try place.run(
      "fit", "train.csv", "--out", "m.credence", "--target", "\(target)", "--network", "8", "--epochs", "40", "--quiet",
      "--method", "laplace", "--task", "classification")
    #expect(fit.code == 0, "\(fit.errors)")
    let all = try place.run("predict", "m.credence", "test.csv").output.split(separator: "\n")
    try place.write(try place.lines(of: "test.csv").prefix(2).joined(separator: "\n") + "\n", to: "first.csv")
    let alone = try place.run("predict", "m.credence", "first.csv").output.split(separator: "\n")
    #expect(alone.count == 2)
    for (one, other) in zip(alone[1].split(separator: ","), all[1].split(separator: ",")) {
      guard let one = Double(one), let other = Double(other) else { continue }
      #expect(abs(one - other) < 1e-4)
    }
  }

  @Test func whatDoesNotFitIntoMemoryIsRefusedWithAStructureThatDoes() throws {
    let place = try place()
    let outcome = try place.run(
      "fit", "train.csv", "--out", "m.credence", "--target", "y", "--network", "2000,2000", "--quiet", "--method",
      "laplace",
      "--option", "structure=dense")
    #expect(outcome.code != 0 && !place.exists("m.credence"))
    #expect(outcome.errors.contains("needs 648 TB of memory"), "\(outcome.errors)")
    #expect(outcome.errors.contains("the Kronecker structure needs"), "\(outcome.errors)")
  }

  @Test func aPosteriorWithoutWidthIsCalledOne() throws {
    let place = try place()
    let narrow = ["--option", "tuning=fixed", "--prior-scale", "1e-5"]
    let loud = Self.quick.filter { $0 != "--quiet" }
    let fit = try place.start(["fit", "train.csv", "--out", "m.credence"] + loud + narrow).wait()
    #expect(fit.code == 0 && fit.errors.contains("Width of the posterior: none that shows: "), "\(fit.errors)")
    let summary = try place.run("inspect", "m.credence").output
    #expect(summary.contains("none that shows: the prior is so narrow that it decides every parameter"))
    // Of numbers the noise is learnt again, and the score with it.
    try place.split("iris.csv")
    let comparison = try place.run(
      "compare", "train.csv", "--target", "y", "--task", "classification", "--network", "8", "--epochs", "40",
      "--quiet",
      "--methods", "laplace", "--option", "laplace.tuning=fixed", "--prior-scale", "1e-5")
    #expect(
      comparison.output.contains("\nlaplace scores as map does: its posterior has no width that shows.\n"),
      "\(comparison.output)")
    #expect(comparison.output.contains("defaults but for laplace (tuning fixed)."))
    try place.split("diabetes.csv")
    #expect(try place.start(["fit", "train.csv", "--out", "w.credence"] + Self.quick).wait().code == 0)
    let other = try place.run("inspect", "w.credence").output
    #expect(other.contains("determined by the data") && !other.contains("no width"))
  }

  @Test func severalComponentsAndEvidenceDuringTrainingAreFittedAndRead() throws {
    let place = try place()
    for option in [["components=2"], ["tuning=during-training", "burn-in=2", "every=10"]] {
      let fit = try place.start(
        ["fit", "train.csv", "--out", "m.credence"] + Self.quick + option.flatMap { ["--option", $0] }
      ).wait()
      #expect(fit.code == 0 && fit.errors.isEmpty, "\(fit.errors)")
      #expect(try place.run("evaluate", "m.credence", "test.csv").code == 0)
      #expect(try place.run("predict", "m.credence", "test.csv").output.split(separator: "\n").count == 89)
    }
  }
}
