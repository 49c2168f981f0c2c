//  LikelihoodChoiceTests.swift — likelihoods and class weights that are asked for.

import Foundation
import Testing

@Suite struct LikelihoodChoiceTests {
  private func scores(_ place: Workplace, _ data: String) throws -> [String: Any] {
    let json = try place.run("evaluate", "m.credence", data, "--format", "json")
    #expect(json.code == 0, "\(json.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
  }

  /// The negative log likelihood of a file, under fits to `train.csv` with each of the likelihoods.
  private func losses(_ place: Workplace, on data: String, _ likelihoods: [String], _ options: [String]) throws
    -> [Double]
  {
    try likelihoods.map { likelihood in
      let fit = try place.start(
        [
          "fit", "train.csv", "--target", "y", "--members", "2", "--likelihood", likelihood, "--out", "m.credence",
          "--quiet",
        ]
          + options
      ).wait()
      #expect(fit.code == 0, "\(fit.errors)")
      return try #require(try scores(place, data)["negativeLogLikelihood"] as? Double)
    }
  }

  /// Noise of standard deviation 0.02 on the left and 1 on the right, from a fixed quasi-random sequence.
  private func wideningRows(_ count: Int, from first: Int) -> String {
    let rows = (first..<first + count).map { n -> String in
      func fraction(_ step: Double) -> Double { (Double(n) * step).truncatingRemainder(dividingBy: 1) }
      let x = fraction(0.7548776662466927)
      let (u, v) = (max(fraction(0.5698402909980532), 1e-9), fraction(0.3819660112501051))
      let normal = (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
      return "\(x),\(2 * x + (x < 0.5 ? 0.02 : 1) * normal)"
    }
    return "x,y\n" + rows.joined(separator: "\n") + "\n"
  }

  @Test func noiseForEachRowPredictsBetterWhereTheNoiseDiffers() throws {
    let place = try Workplace()
    try place.write(wideningRows(400, from: 1), to: "train.csv")
    try place.write(wideningRows(200, from: 1001), to: "test.csv")
    let losses = try losses(
      place, on: "test.csv", ["gaussian", "heteroscedastic"], ["--network", "20", "--epochs", "400"])
    // Known noise would gain 0.5 log of arithmetic over geometric mean of the variances: 1.6 nats.
    #expect(losses[1] < losses[0] - 0.8, "\(losses)")
    #expect(try place.run("inspect", "m.credence").output.contains("normal, noise predicted for each input"))
  }

  @Test func outliersAreBorneByHeavyTails() throws {
    let place = try Workplace()
    let rows = (0..<120).map { "\($0),\(Double($0) / 40 + ($0 % 10 == 3 ? 50 : 0) + sin(Double(7 * $0)) / 10)" }
    try place.write("x,y\n" + rows.joined(separator: "\n") + "\n", to: "train.csv")
    let losses = try losses(place, on: "train.csv", ["gaussian", "student-t"], ["--network", "10", "--epochs", "300"])
    #expect(losses[1] < losses[0] - 0.2, "\(losses)")
  }

  @Test func countsAreCountsOnlyWhenAskedFor() throws {
    let place = try Workplace()
    let rows = (0..<200).map { "\(Double($0) / 100),\(Int((exp(Double($0) / 70) + Double($0 * 7 % 3)).rounded()))" }
    try place.write("x,visits\n" + rows.joined(separator: "\n") + "\n", to: "t.csv")
    let fit = try place.run(
      "fit", "t.csv", "--target", "visits", "--network", "10", "--members", "2", "--epochs", "300", "--likelihood",
      "poisson", "--out", "m.credence", "--quiet")
    #expect(fit.code == 0, "\(fit.errors)")
    let lines = try place.run("predict", "m.credence", "t.csv").output.split(separator: "\n").dropFirst()
    for (line, row) in zip(lines, rows) {
      let cells = line.split(separator: ",").compactMap { Double($0) }
      let truth = try #require(row.split(separator: ",").last.flatMap { Double($0) })
      try #require(cells.count == 6)
      // The variance of a count is its rate.
      #expect(abs(cells[3] * cells[3] - cells[0]) < 1e-6 * cells[0])
      #expect(abs(cells[0] - truth) < 3 + 0.25 * truth, "\(line) for \(row)")
    }
    #expect(try scores(place, "t.csv")["negativeLogLikelihood"] as? Double ?? .infinity < 2.6)
    try place.write("x,visits\n0.1,1\n0.2,2.5\n", to: "parts.csv")
    for arguments in [
      ["evaluate", "m.credence", "parts.csv"]
    ] {
      #expect(
        try place.start(arguments).wait().errors
          == "credence: parts.csv, line 3, column 'visits': 2.5 is no count; a Poisson likelihood needs whole numbers from "
          + "0.\n")
    }
    try place.write("x,y\n" + (0..<9).map { "\($0),-\($0)\n" }.joined(), to: "negative.csv")
    #expect(
      try place.run("fit", "negative.csv", "--target", "y", "--likelihood", "poisson", "--out", "n.credence").errors
        == "credence: negative.csv, line 3, column 'y': -1 is no count; a Poisson likelihood needs whole numbers from 0.\n"
    )
  }

  @Test func balancedWeightsLiftARareClass() throws {
    let place = try Workplace()
    // One class in ten, overlapping: equal weights would hardly ever predict it.
    let rows = (0..<300).map { n -> String in
      let isRare = n % 10 == 0
      return "\(isRare ? 0.5 + Double(n % 7) / 7 : Double(n % 13) / 13),\(isRare ? "rare" : "common")"
    }
    try place.write("x,y\n" + rows.joined(separator: "\n") + "\n", to: "t.csv")
    var predictions: [Int] = []
    for weights in ["equal", "balanced"] {
      let fit = try place.run(
        "fit", "t.csv", "--target", "y", "--network", "10", "--members", "2", "--epochs", "200", "--class-weights",
        weights, "--out", "m.credence", "--quiet")
      #expect(fit.code == 0, "\(fit.errors)")
      let lines = try place.run("predict", "m.credence", "t.csv").output.split(separator: "\n")
      predictions.append(lines.count { $0.hasPrefix("rare,") })
    }
    #expect(predictions[0] < 60 && predictions[1] > predictions[0] + 40, "\(predictions)")
    #expect(try place.run("inspect", "m.credence").output.contains("2 classes weighted by 0.5556, 5.0"))
  }

  @Test func classWeightsOfATargetThatTurnsOutToBeANumberAreRefused() throws {
    let place = try Workplace()
    try place.write("x,y\n" + (0..<30).map { "\($0),\(Double($0) / 3)\n" }.joined(), to: "t.csv")
    let outcome = try place.run("fit", "t.csv", "--target", "y", "--class-weights", "balanced", "--out", "m.credence")
    #expect(
      outcome.errors
        == "credence: --class-weights belongs to classes, and the target 'y' is a number; with --task classification its "
        + "values are classes; 'credence fit --help' shows how.\n")
    #expect(outcome.code == 2 && !place.exists("m.credence"))
  }

  @Test(arguments: [
    ["--task", "classification", "--likelihood", "gaussian"], ["--task", "regression", "--class-weights", "balanced"],
    ["--likelihood", "poisson", "--class-weights", "balanced"], ["--likelihood", "cauchy"],
  ])
  func whatDoesNotGoTogetherIsRefused(options: [String]) throws {
    let outcome = try Workplace().start(["fit", "t.csv", "--target", "y", "--out", "m"] + options).wait()
    #expect(outcome.code == 2 && outcome.errors.hasPrefix("credence: "), "\(outcome.errors)")
  }
}
