//  VariationalCommandTests.swift — flows, natural gradients and priors from the command line: fit, inspect, predict, evaluate.

import Foundation
import Testing

@Suite struct VariationalCommandTests {
  private static let quick = ["--target", "y", "--network", "8", "--epochs", "40", "--quiet"]

  @Test(arguments: [
    ["--method", "variational", "--option", "family=planar"],
    ["--method", "variational", "--option", "family=real-nvp", "--option", "over=2.dense.weight"],
    ["--method", "variational", "--prior", "horseshoe", "--prior-scale", "0.3"], ["--method", "ivon"],
  ])
  func aFitIsInspectedPredictedWithAndEvaluated(_ choice: [String]) throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let fit = try place.start(["fit", "train.csv", "--out", "m.credence"] + Self.quick + choice).wait()
    #expect(fit.code == 0 && fit.errors.isEmpty, "\(fit.errors)")
    let predictions = try place.run("predict", "m.credence", "test.csv").output.split(separator: "\n").dropFirst()
    let rows = predictions.map { $0.split(separator: ",").compactMap { Double($0) } }
    #expect(rows.count == 88)
    // mean, standard deviation, epistemic, aleatoric
    #expect(rows.allSatisfy { $0[2] > 0 && $0[3] > 0 && $0[1] > $0[3] })
    let summary = try place.run("inspect", "m.credence").output
    #expect(summary.contains(choice[1]) && (choice.contains("--prior") == summary.contains("horseshoe")))
    #expect(try place.run("evaluate", "m.credence", "test.csv").code == 0)
  }

  @Test func aMethodThatNeedsANormalPriorSaysSo() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let outcome = try place.start(
      ["fit", "train.csv", "--out", "m.credence", "--method", "ivon", "--prior", "laplace"] + Self.quick
    ).wait()
    #expect(outcome.code != 0 && !place.exists("m.credence"))
    #expect(outcome.errors.contains("ivon takes its weight decay from a normal prior"), "\(outcome.errors)")
  }

  @Test(arguments: [
    ("ivon", "draws=2", "IVON"), ("csghmc", "draws=2", "Adam to each mode, then the chain"),
    ("csghmc", "path=cyclical", "none: the chain explores"),
  ])
  func inspectNamesWhatMovesTheParameters(method: String, option: String, mover: String) throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let fit = try place.run(
      "fit", "train.csv", "--out", "m.credence", "--target", "y", "--network", "4", "--epochs", "8", "--quiet",
      "--method", method, "--option", option)
    #expect(fit.code == 0, "\(fit.errors)")
    let lines = try place.run("inspect", "m.credence").output.split(separator: "\n")
    let optimiser = try #require(lines.first { $0.hasPrefix("optimiser") })
    #expect(optimiser.hasSuffix("  \(mover)"), "\(optimiser)")
  }
}
