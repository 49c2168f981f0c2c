//  CompareTests.swift — methods side by side: the table in every form, the same figures from the same seed, and what goes wrong.

import Foundation
import Testing

@Suite struct CompareTests {
  private static let quick = ["--target", "y", "--network", "8", "--epochs", "5", "--quiet"]

  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.split("diabetes.csv")
    return place
  }

  private struct Result: Decodable {
    struct Method: Decodable {
      let method: String
      let options: [String: Int]
      let measures: [String: Double]
      let ratiosToMAP: [String: Double]
    }
    let rows: Int
    let testRows: Int
    let seed: Int
    let results: [Method]
  }

  private func json(_ place: Workplace, _ arguments: String...) throws -> Result {
    let outcome = try place.start(
      ["compare", "train.csv"] + Self.quick + ["--format", "json", "--methods", "ensemble"] + arguments
    ).wait()
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return try JSONDecoder().decode(Result.self, from: Data(outcome.output.utf8))
  }

  @Test func figuresAreTheSameForASeedOnAnyNumberOfThreadsAndMAPIsAlwaysThere() throws {
    let place = try place()
    let first = try json(place, "--threads", "1", "--option", "ensemble.members=3")
    #expect(first.results.map(\.method) == ["map", "ensemble"] && first.results[1].options == ["members": 3])
    #expect(first.rows == 283 && first.testRows == 71)
    let second = try json(place, "--threads", "2", "--option", "ensemble.members=3")
    let quality = [
      "negativeLogLikelihood", "rootMeanSquaredError", "calibrationError", "continuousRankedProbabilityScore",
      "coverageOf90",
    ]
    for (one, other) in zip(first.results, second.results) {
      for key in quality { #expect(one.measures[key] != nil && one.measures[key] == other.measures[key], "\(key)") }
    }
    for key in ["fitSeconds", "predictionSeconds", "peakMemory", "fileSize", "forwardPasses", "epochs"] {
      #expect((first.results[1].measures[key] ?? 0) > 0, "\(key)")
    }
    #expect(first.results[1].ratiosToMAP["forwardPasses"] == 3)
    let other = try json(place, "--seed", "1")
    #expect(other.results[0].measures["negativeLogLikelihood"] != first.results[0].measures["negativeLogLikelihood"])
  }

  @Test func everyFormHoldsEveryMethod() throws {
    let place = try place()
    func output(_ form: String) throws -> String {
      let outcome = try place.start(
        ["compare", "train.csv"] + Self.quick + ["--methods", "map,ensemble", "--format", form]
      ).wait()
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      return outcome.output
    }
    let csv = try output("csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(csv.count == 3 && csv.allSatisfy { $0.count == csv[0].count })
    #expect(csv[0][...2] == ["method", "negativeLogLikelihood", "negativeLogLikelihood_ratio"])
    #expect(csv[1][0] == "map" && csv[1][2] == "1.0" && csv[2][0] == "ensemble")
    let markdown = try output("markdown")
    #expect(markdown.hasPrefix("| method ") && markdown.contains("| ensemble |"))
    let text = try output("text")
    #expect(text.hasPrefix("How good, on the rows held out\n") && text.contains("\nWhat it costs\n"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 })
  }

  @Test func classesAreComparedByErrorAndBrierScore() throws {
    let place = try place()
    try place.split("wine.csv")
    let outcome = try place.start(["compare", "train.csv"] + Self.quick + ["--methods", "map", "--format", "csv"])
      .wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("errorRate,") && outcome.output.contains("brierScore,"))
    #expect(!outcome.output.contains("rootMeanSquaredError"))
  }

  @Test func aMethodWithoutAResultEndsTheCommandBehindTheTable() throws {
    let place = try place()
    let outcome = try place.start(
      ["compare", "train.csv"] + Self.quick + ["--methods", "ensemble,ivon,laplace", "--prior", "laplace"]
    ).wait()
    #expect(outcome.code == 1)
    #expect(
      outcome.errors == "credence: 2 of 4 methods have no result: ivon, laplace; the output says why.\n",
      "\(outcome.errors)")
    #expect(outcome.output.contains("\nensemble ") && outcome.output.contains("\nlaplace has no result: "))
    let one = try place.start(["compare", "train.csv"] + Self.quick + ["--methods", "ivon", "--prior", "laplace"])
      .wait()
    #expect(
      one.code == 1 && one.errors == "credence: 1 of 2 methods has no result: ivon; the output says why.\n",
      "\(one.errors)")
  }

  @Test func whatIsWrongIsSaidBeforeAnyFit() throws {
    let place = try place()
    let column = try place.run("compare", "train.csv", "--target", "q", "--quiet")
    #expect(column.code == 1 && column.errors.hasPrefix("credence: train.csv: there is no column 'q'; "))
    for (arguments, sentence) in [
      (["--methods", "map,magic"], "there is no method 'magic'; there are "),
      (["--methods", "ensemble,ensemble"], "--methods names ensemble twice; "),
      (
        ["--option", "ensemble.depth=1"],
        "the method ensemble has no option 'depth'; it has members, bagging, adversarial; "
      ),
      (["--methods", "map", "--option", "members=1"], "--option members=1 is of no method that is compared; "),
      (["--budget", "0"], "--budget is a number of seconds above 0; "),
      (["--test-fraction", "1"], "--test-fraction is a share between 0 and 1; "),
      (["--network", "lenet5"], "--network lenet5 takes images, and a table has none; "),
    ] {
      let outcome = try place.start(["compare", "train.csv", "--target", "y"] + arguments).wait()
      #expect(outcome.code == 2 && outcome.errors.hasPrefix("credence: " + sentence), "\(outcome.errors)")
      #expect(outcome.errors.hasSuffix("; 'credence compare --help' shows how.\n"), "\(outcome.errors)")
    }
  }

  @Test func aSignalEndsTheComparisonAndItsFit() throws {
    let place = try place()
    let run = try place.start([
      "compare", "train.csv", "--target", "y", "--methods", "ensemble", "--epochs", "1000000", "--no-early-stopping",
    ])
    // A million epochs begin, or are about to.
    try run.waitUntilItSays("rows to fit")
    kill(run.process.processIdentifier, SIGINT)
    let outcome = try run.wait()
    #expect(outcome.code == 130)
    #expect(
      outcome.errors.hasSuffix(
        "credence: stopped; a comparison begins anew when run again, unless --results names a file for finished rows.\n"
      ))
    #expect(outcome.output.isEmpty)
  }

  @Test func aComparisonThatWasStoppedGoesOnFromTheMethodsThatItHadFinished() throws {
    let place = try place()
    // The second takes longer than anyone waits.
    let common = ["compare", "train.csv", "--target", "y", "--network", "8", "--epochs", "200", "--no-early-stopping"]
    let run = try place.start(
      common + ["--methods", "map,ensemble", "--option", "ensemble.members=10000", "--results", "r.jsonl"])
    try run.waitUntilItSays("map: done in ")
    kill(run.process.processIdentifier, SIGTERM)
    let stopped = try run.wait()
    #expect(stopped.code == 143)
    #expect(
      stopped.errors.hasSuffix(
        "credence: stopped; finished rows are in r.jsonl, and the same command goes on from there.\n"))
    let kept = try place.lines(of: "r.jsonl")
    #expect(kept.count == 1)
    let rest = common + ["--methods", "map,bootstrap", "--format", "csv", "--results", "r.jsonl"]
    let resumed = try place.start(rest).wait()
    #expect(resumed.code == 0 && resumed.errors.contains("map: done before\n"), "\(resumed.errors)")
    #expect(try place.lines(of: "r.jsonl").prefix(1) == kept[...] && place.lines(of: "r.jsonl").count == 2)
    // All rows are there: the same table again, times and all, and other rows for another seed.
    #expect(try place.start(rest).wait().output == resumed.output)
    let other = try place.start(rest + ["--seed", "1"]).wait()
    #expect(!other.errors.contains("done before"))
    try place.write("a,b\n", to: "other.csv")
    let foreign = try place.start(common + ["--results", "other.csv"]).wait()
    #expect(
      foreign.errors
        == "credence: other.csv, line 1: this is no finished row of this table; remove the line, or name another file with "
        + "--results.\n")
    #expect(try foreign.code == 1 && place.lines(of: "other.csv") == ["a,b"])
  }

  @Test func likelihoodAndClassWeightsAreThoseOfFit() throws {
    let place = try place()
    let counts = (0..<100).map { "\(Double($0) / 50),\(Int((exp(Double($0) / 40) + Double($0 * 7 % 3)).rounded()))" }
    try place.write("x,y\n" + counts.joined(separator: "\n") + "\n", to: "counts.csv")
    func losses(_ file: String, _ options: [String]) throws -> [Double] {
      let outcome = try place.start(
        [
          "compare", file, "--target", "y", "--network", "8", "--epochs", "100", "--methods", "map", "--quiet",
          "--format",
        ]
          + ["json"] + options
      ).wait()
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try JSONDecoder().decode(Result.self, from: Data(outcome.output.utf8)).results
        .map { $0.measures["negativeLogLikelihood"] ?? .nan }
    }
    let normal = try losses("counts.csv", ["--task", "regression"])
    let poisson = try losses("counts.csv", ["--likelihood", "poisson"])
    #expect(normal != poisson && poisson.allSatisfy { $0 > 0 && $0 < 5 }, "\(poisson)")
    let classes = (0..<120).map {
      "\(Double($0 % 13) / 13 + ($0 % 10 == 0 ? 0.5 : 0)),\($0 % 10 == 0 ? "rare" : "common")"
    }
    try place.write("x,y\n" + classes.joined(separator: "\n") + "\n", to: "classes.csv")
    #expect(try losses("classes.csv", []) != losses("classes.csv", ["--class-weights", "balanced"]))
    let refused = try place.run("compare", "train.csv", "--target", "y", "--class-weights", "balanced")
    #expect(
      refused.code == 2
        && refused.errors.hasPrefix("credence: --class-weights belongs to classes, and the target 'y' is a number; "))
  }
}
