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

    let csv = try place.start(command + ["--format", "csv"]).wait().output.split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    #expect(csv.map(\.first) == ["method", "(halves of the reference)", "map", "ensemble"])
    let column = try #require(csv[0].firstIndex(of: "meanError"))
    #expect(Double(csv[3][column]) == report.results[1].scores["meanError"])
    #expect(try place.start(command + ["--format", "markdown"]).wait().output.contains("\n| ensemble  "))

    let other = try place.start(command + ["--prior-scale", "2"]).wait()
    #expect(other.code == 1 && other.output.isEmpty)
    #expect(
      other.errors == "credence: train.reference.credence: this is the reference of other settings: prior-scale is "
        + "1.0 and not 2.0; repeat --prior-scale 1.0, name another file with --reference, or delete it.\n")
    let bare = try place.run("fidelity", "train.csv", "--target", "y", "--network", "2", "--methods", "map")
    #expect(
      bare.errors == "credence: train.reference.credence: this is the reference of other settings: nuts.warm-up is 60 "
        + "and not 1000, nuts.thinning is 2 and not 4, network is 3 and not 2; repeat --option nuts.warm-up=60 --option "
        + "nuts.thinning=2 --network 3, name another file with --reference, or delete it.\n")
    let rows = try place.start(command + ["--test-fraction", "0.3"]).wait()
    #expect(
      rows.errors == "credence: train.reference.credence: this is the reference of other rows or columns, or has "
        + "another likelihood or epochs of its own; give the same data and --test-fraction, name another file with "
        + "--reference, or delete it.\n")
  }

  private func number(after text: String, in output: String) throws -> Double {
    let start = try #require(output.range(of: text)).upperBound
    return try #require(Double(output[start...].prefix { $0.isNumber || $0 == "." }))
  }

  @Test func theAdviceIsTheDrawsThatGiveFourHundredEffectiveOnes() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let command = fidelity(20, reference: "short.credence")
    let text = try place.start(command.map { $0 == "map" ? "nuts,map" : $0 }).wait().output
    let effective = try number(after: "effective draws at least ", in: text)
    let advised = try number(after: "Its chains go on with --option nuts.draws=", in: text)
    // 20 draws a chain gave so many. The advice is rounded up to two digits, the figure to three.
    let needed = 20 * 400 / effective
    #expect(effective < 400 && advised >= 0.99 * needed && advised <= 1.11 * needed, "\(text)")
    #expect(text.contains("\nnuts is the reference itself.\n"), "\(text)")
    // Sixteen draws do not know their deviations to a tenth.
    let shorter = try place.start(fidelity(4, reference: "shorter.credence")).wait().output
    let differ =
      /The reference's own halves differ by more than a tenth in [a-zA-Z0-9, ]+: .*of that size mean nothing\.\n/
    #expect(shorter.contains(differ), "\(shorter)")
    #expect(!(try place.start(command).wait().output.contains("nuts is the reference")))
  }

  private func fidelity(_ draws: Int, reference: String) -> [String] {
    [
      "fidelity", "train.csv", "--target", "y", "--network", "3", "--methods", "map", "--epochs", "5", "--option",
      "nuts.warm-up=60", "--option", "nuts.draws=\(draws)", "--option", "nuts.thinning=2", "--reference", reference,
    ]
  }

  private func figures(_ text: String) -> [[Substring]] {
    // Without the first line, which has the time, and without the width of columns, which depends on times.
    text.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("map ") && !$0.hasPrefix("(halves") }
      .map { $0.split(separator: " ") }
  }

  @Test func aReferenceGoesOnToMoreDraws() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    #expect(try place.start(fidelity(10, reference: "grown.credence")).wait().code == 0)
    #expect(place.exists("grown.credence.chains/member-3.safetensors"))
    let grown = try place.start(fidelity(25, reference: "grown.credence")).wait()
    #expect(grown.code == 0 && grown.errors.contains("The chains of grown.credence go on to more draws.\n"))
    #expect(grown.output.hasPrefix("Reference: NUTS, 100 draws, ") && grown.output.contains(", the last of them in "))
    let whole = try place.start(fidelity(25, reference: "whole.credence")).wait()
    #expect(figures(grown.output) == figures(whole.output) && figures(whole.output).count > 4)
    // A longer reference is one too.
    let fewer = try place.start(fidelity(10, reference: "grown.credence")).wait()
    #expect(fewer.errors.contains("The reference is read from grown.credence.\n"))
    #expect(fewer.output.hasPrefix("Reference: NUTS, 100 draws, "))

    try FileManager.default.removeItem(at: place.folder.appending(path: "grown.credence.chains"))
    let lost = try place.start(fidelity(26, reference: "grown.credence")).wait()
    #expect(
      lost.errors.contains(
        "The chains of grown.credence are no longer in grown.credence.chains: the reference begins anew.\n"))
    #expect(lost.output.hasPrefix("Reference: NUTS, 104 draws, "))

    // Chains without their model, of other settings.
    try FileManager.default.removeItem(at: place.folder.appending(path: "grown.credence"))
    let other = try place.start(fidelity(26, reference: "grown.credence") + ["--prior-scale", "2"]).wait()
    #expect(
      other.code == 1
        && other.errors.hasSuffix(
          "credence: grown.credence.chains: these are chains of other data or settings; repeat their settings, name "
            + "another file with --reference, or delete this folder.\n"),
      "\(other.errors)")
  }

  @Test func aReferenceThatIsStoppedGoesOnWhenRunAgain() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let whole = try place.start(fidelity(800, reference: "whole.credence")).wait()
    let run = try place.start(
      fidelity(800, reference: "cut.credence"), environment: ["CREDENCE_CHECKPOINT_SECONDS": "0"])
    run.waitUntilItWrites("cut.credence.chains/member-0.safetensors")
    run.process.interrupt()
    let stopped = try run.wait()
    try #require(stopped.code == 130, "\(stopped.errors)")
    let sentence =
      /credence: reference stopped after \d+ transitions? of all chains; run the same command again to go on\.\n/
    #expect(stopped.errors.contains(sentence), "\(stopped.errors)")
    #expect(!place.exists("cut.credence"))
    let again = try place.start(fidelity(800, reference: "cut.credence")).wait()
    let begin = "The reference goes on from the chains in cut.credence.chains.\n"
    #expect(again.code == 0 && again.errors.hasPrefix(begin), "\(again.errors)")
    #expect(figures(again.output) == figures(whole.output))
  }

  @Test func chainsSayAfterAFitWhetherTheyAgree() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    func fit(_ options: String...) throws -> String {
      let arguments = [
        "fit", "train.csv", "--target", "y", "--method", "nuts", "--network", "2", "--out", "m.credence",
      ]
      let outcome = try place.start(arguments + options.flatMap { ["--option", $0] }).wait()
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome.errors
    }
    let short = try fit("warm-up=60", "draws=10", "thinning=1")
    #expect(short.contains("; 70 transitions of each chain\n"), "\(short)")
    let figures = /not there yet: of their predictions, R-hat at most \d\.\d{3}, at least \d+ effective draws; wanted/
    #expect(short.contains(figures) && short.contains("The 4 chains are not"), "\(short)")
    #expect(
      short.contains(
        /wanted are 1\.01 and 400\. Take --option draws=\d+; if R-hat stays, a longer --option warm-up\.\n/))
    let one = try fit("warm-up=30", "draws=2", "chains=1")
    #expect(one.contains("One chain: whether it is right only another can tell. Take --option chains=4.\n"))
    #expect(try fit("warm-up=30", "draws=2").contains("4 chains of 2 draws: too few to say whether they agree."))
  }

  @Test func chainsOfMinibatchesSayWhenTheirHalvesDiffer() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    func fit(_ options: [String], method: String = "sgld", _ others: [String] = []) throws -> String {
      let outcome = try place.start(
        ["fit", "train.csv", "--target", "y", "--method", method, "--network", "4", "--no-early-stopping"]
          + ["--out", "m.credence"] + others + options.flatMap { ["--option", $0] }
      ).wait()
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome.errors
    }
    func diagnosis() throws -> String { try place.run("diagnose", "m.credence", "--data", "train.csv").output }
    // No optimiser and no burn-in, at a rate that gets nowhere near the mode: the chain still comes from its start.
    let onItsWay = ["exploration=0", "burn-in=0", "rate=0.01"]
    let warning =
      /The chain has not settled: the predictions of its halves differ by more than chance \(R-hat at most \d\.\d+, at least \d+ effective draws of 30\)/
    #expect(try fit(onItsWay).contains(warning))
    #expect(try diagnosis().contains(warning))
    #expect(try fit(onItsWay + ["chains=3"]).contains("The 3 chains have not settled, or have settled apart: "))
    // Long enough, at a fast rate, it forgets where it was.
    let settled = try fit(["rate=1"], method: "sghmc", ["--epochs", "20000"])
    #expect(!settled.contains("has not settled"), "\(settled)")
    #expect(
      try diagnosis().contains(
        "The predictions of the halves of the chain differ no more than chance explains: R-hat at most "))
    _ = try fit(["draws=3"])
    #expect(try diagnosis().contains("3 draws of a chain: too few to say anything."))
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

  @Test func aReferenceWithDivergencesIsNotCalledThePosterior() throws {
    let place = try Workplace()
    try place.split("curve.csv")
    let output = try place.run(
      "fidelity", "train.csv", "--target", "y", "--network", "4", "--activation", "tanh", "--methods", "map",
      "--option", "nuts.draws=1500", "--option", "nuts.warm-up=500", "--quiet"
    ).output
    #expect(output.contains(" divergences, ") && !output.contains("stands for the posterior"), "\(output)")
    #expect(
      output.contains("Its chains agree in what they predict, which does not make it the posterior:\nDivergences:"))
  }
}
