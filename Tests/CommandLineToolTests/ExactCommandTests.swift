//  ExactCommandTests.swift — credence linear and credence diagnose, from file to words.

import Foundation
import Testing

/// Normal numbers that are the same in every run: sums of twelve uniform ones from a congruential generator.
struct Normals {
  private var state: UInt64 = 88_172_645_463_325_252

  private mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53
  }

  mutating func next() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }
}

@Suite struct LinearCommandTests {
  private func cubic(rows: Int) -> String {
    var normals = Normals()
    let lines = (0..<rows).map { row in
      let x = -2 + 4 * Double(row) / Double(rows - 1)
      return "\(x),\(10 + x * x * x - 2 * x + 0.3 * normals.next())"
    }
    return "x,y\n" + lines.joined(separator: "\n") + "\n"
  }

  @Test func aLineWithoutNoiseIsALineWithoutNoise() throws {
    let place = try Workplace()
    try place.write("x,y\n" + (0..<50).map { "\($0),\(2 * $0 + 1)" }.joined(separator: "\n") + "\n", to: "line.csv")
    try place.write("x\n100\n", to: "new.csv")
    let outcome = try place.run(
      "linear", "line.csv", "--target", "y", "--degrees", "0...4", "--predict", "new.csv", "--out", "forecast.csv")
    #expect(outcome.code == 0 && outcome.output.contains("goes through every row"), "\(outcome.output)")
    let numbers = try place.lines(of: "forecast.csv")[1].split(separator: ",").compactMap { Double($0) }
    #expect(abs(numbers[0] - 201) < 0.01 && numbers[1] < 0.01, "\(numbers)")
    let degreeOne = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("   1 =") })
    #expect(degreeOne.contains("100.0 %"), "\(outcome.output)")
  }

  @Test func theDegreeOfAPolynomialIsFoundAndPredictionsAverage() throws {
    let place = try Workplace()
    try place.write(cubic(rows: 60), to: "curve.csv")
    try place.write("x\n-1.5\n0\n1\n", to: "new.csv")
    let outcome = try place.run(
      "linear", "curve.csv", "--target", "y", "--degrees", "0...6", "--predict", "new.csv", "--out", "forecast.csv",
      "--interval", "0.95")
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let rows = outcome.output.split(separator: "\n").filter { $0.first == " " }.map {
      $0.split(separator: " ").map(String.init)
    }
    #expect(rows.count == 7)
    let probabilities = rows.map { Double($0[$0.firstIndex(of: "%").map { $0 - 1 } ?? 0]) ?? .nan }
    #expect(probabilities[3] > 50 && probabilities[0] < 0.1 && probabilities[1] < 0.1)
    let forecast = try place.lines(of: "forecast.csv")
    #expect(forecast.count == 4 && forecast[0] == "mean,standard_deviation,lower,upper")
    for (line, x) in zip(forecast.dropFirst(), [-1.5, 0, 1.0]) {
      let numbers = line.split(separator: ",").compactMap { Double($0) }
      #expect(abs(numbers[0] - (10 + x * x * x - 2 * x)) < 0.3)
      #expect(abs(numbers[1] - 0.3) < 0.1 && abs(numbers[3] - numbers[2] - 2 * 1.96 * numbers[1]) < 0.01)
    }
  }

  @Test func theHelpShowsDegreesAsTheyAreWrittenAndSeparatorsAreChosen() throws {
    let place = try Workplace()
    #expect(try place.run("linear", "--help").output.contains("(default: 0...9)"))
    try place.write(cubic(rows: 30), to: "comma.csv")
    try place.write(cubic(rows: 30).replacing(",", with: "#"), to: "hash.csv")
    let comma = try place.run("linear", "comma.csv", "--target", "y", "--degrees", "1,3")
    let hash = try place.run("linear", "hash.csv", "--target", "y", "--degrees", "1,3", "--separator", "#")
    #expect(comma.code == 0 && hash.code == 0 && hash.output == comma.output, "\(hash.errors)")
  }

  @Test(arguments: ["polynomial", "fourier", "radial"]) func everyBasisGivesProbabilitiesThatSumToOne(basis: String)
    throws
  {
    let place = try Workplace()
    try place.write(cubic(rows: 30), to: "curve.csv")
    let outcome = try place.run(
      "linear", "curve.csv", "--target", "y", "--basis", basis, "--degrees", "0,2,5", "--format", "json")
    struct Record: Decodable {
      let degree, features: Int
      let logEvidence, probability, noise: Double
    }
    let records = try JSONDecoder().decode([Record].self, from: Data(outcome.output.utf8))
    #expect(records.map(\.degree) == [0, 2, 5] && abs(records.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
    #expect(records.allSatisfy { $0.noise > 0.1 && $0.logEvidence.isFinite })
  }

  @Test func thereAreNoMoreBellsThanDifferentRows() throws {
    let place = try Workplace()
    let rows = (0..<40).map { "\($0 % 7),\(sin(Double($0)))" }.joined(separator: "\n")
    try place.write("x,y\n" + rows + "\n", to: "few.csv")
    let outcome = try place.run(
      "linear", "few.csv", "--target", "y", "--basis", "radial", "--degrees", "3,7,20,400", "--format", "json")
    struct Record: Decodable { let degree, features: Int }
    let records = try JSONDecoder().decode([Record].self, from: Data(outcome.output.utf8))
    #expect(records.map(\.degree) == [3, 7] && records.map(\.features) == [4, 8], "\(outcome)")
  }

  private static func degrees(_ text: String) -> String {
    "--degrees is a range from the least to the greatest, as 0...9, of at most 1000 numbers, or a list, as 1,2,5, not "
      + "'\(text)'"
  }

  /// Targets that no power explains: the evidence of a straight line is that of none, and the slope costs nothing.
  @Test func aDegreeWhoseEvidenceOnlyGrowsAsWeightsVanishHasThatOfTheLimit() throws {
    let place = try Workplace()
    let y = (0..<20).map { [1.0, -1, -1, 1][$0 % 4] }
    try place.write("x,y\n" + y.indices.map { "\($0),\(y[$0])" }.joined(separator: "\n") + "\n", to: "flat.csv")
    struct Record: Decodable {
      let logEvidence, probability, priorScale: Double
      let isMaximum: Bool
    }
    let json = try place.run("linear", "flat.csv", "--target", "y", "--degrees", "0,1", "--format", "json").output
    let records = try JSONDecoder().decode([Record].self, from: Data(json.utf8))
    // N(y; 0, 1) at y² = 1.
    let limit = -10 * (log(2 * Double.pi) + 1)
    #expect(records.allSatisfy { abs($0.logEvidence - limit) < 1e-8 && !$0.isMaximum && $0.priorScale == 0 }, "\(json)")
    #expect(records.allSatisfy { abs($0.probability - 0.5) < 1e-8 }, "\(json)")
    let text = try place.run("linear", "flat.csv", "--target", "y", "--degrees", "0,1").output
    #expect(text.hasSuffix("weights vanish; it is that of the limit, features that explain nothing.\n"), "\(text)")
  }

  @Test(arguments: [
    (["--degrees", "5...2"], Self.degrees("5...2")),
    (["--degrees", "0..9"], Self.degrees("0..9")),
    (["--degrees", "x"], Self.degrees("x")),
    (["--basis", "wavelet"], "--basis is one of polynomial, fourier, radial, last-layer, not 'wavelet'"),
    (
      ["--basis", "poly"],
      "--basis is one of polynomial, fourier, radial, last-layer, not 'poly' (did you mean 'polynomial'?)"
    ),
    (["--basis", "last-layer"], "--basis last-layer and --model belong together"),
    (["--model", "m.credence"], "--basis last-layer and --model belong together"),
    (
      ["--basis", "last-layer", "--model", "m.credence", "--degrees", "3"],
      "--degrees belongs to the other bases; a last layer has the units that it has"
    ),
    (["--interval", "1"], "--interval is a probability between 0 and 1"),
    (["--predict", "n.csv"], "--predict and --out belong together"),
  ])
  func wrongOptionsAreRefused(options: [String], sentence: String) throws {
    let outcome = try Workplace().start(["linear", "a.csv", "--target", "y"] + options).wait()
    #expect(outcome.code == 2 && outcome.errors == "credence: \(sentence); 'credence linear --help' shows how.\n")
  }

  @Test func aMissingColumnIsNamed() throws {
    let place = try Workplace()
    try place.write(cubic(rows: 5), to: "curve.csv")
    let outcome = try place.run("linear", "curve.csv", "--target", "z")
    #expect(outcome.code == 1 && outcome.errors.contains("there is no column") && outcome.errors.contains("z"))
  }
}

@Suite struct DiagnoseCommandTests {
  /// - Parameter shift: Added to b in the last chain.
  private func chains(shift: Double) -> String {
    var normals = Normals()
    var text = "chain,draw,a,b\n"
    for chain in 0..<4 {
      for draw in 0..<500 {
        text += "\(chain),\(draw),\(normals.next()),\(normals.next() + (chain == 3 ? shift : 0))\n"
      }
    }
    return text
  }

  @Test func filesOfStanAndRAreReadForWhatTheyAre() throws {
    let place = try Workplace()
    var normals = Normals()
    var stan =
      "# model = m\n# num_samples = 200\nlp__,accept_stat__,stepsize__,treedepth__,n_leapfrog__,divergent__,energy__,mu\n"
    stan += "# Adaptation terminated\n"
    for row in 0..<200 {
      stan += "\(-row % 3),0.9,0.5,3,7,\(row < 10 ? 1 : 0),\(normals.next()),\(normals.next())\n"
    }
    try place.write(stan + "# Elapsed Time: 1 second\n", to: "stan.csv")
    let first = try place.run("diagnose", "stan.csv")
    #expect(first.code == 0 && first.output.contains("10 of 200 draws ended in a divergence"), "\(first.output)")
    #expect(!first.output.contains("stepsize__") && !first.output.contains("divergent__"))
    var draws = ".chain,.iteration,.draw,mu\n"
    for chain in 1...4 {
      for row in 0..<100 { draws += "\(chain),\(row),\(100 * chain + row),\(3 * Double(chain) + normals.next())\n" }
    }
    try place.write(draws, to: "r.csv")
    let second = try place.run("diagnose", "r.csv", "--figure", "ranks.svg")
    #expect(
      second.output.contains("4 chains of 100 draws") && second.output.contains("disagree on mu"), "\(second.output)")
    #expect(!second.output.contains(".draw"))
    let picture = String(decoding: try place.bytes(of: "ranks.svg"), as: UTF8.self)
    #expect(picture.contains("chain 4") && picture.contains(">mu<"))
  }

  @Test func goodChainsHaveNothingWrong() throws {
    let place = try Workplace()
    try place.write(chains(shift: 0), to: "chains.csv")
    let outcome = try place.run("diagnose", "chains.csv")
    #expect(outcome.code == 0 && outcome.output.hasSuffix("4 chains of 500 draws.\nNothing is wrong.\n"))
    #expect(outcome.output.contains("\na ") && outcome.output.contains("\nb "))
  }

  @Test func chainsThatDisagreeAreNamedWithAdvice() throws {
    let place = try Workplace()
    try place.write(chains(shift: 2), to: "chains.csv")
    let text = try place.run("diagnose", "chains.csv").output
    #expect(text.contains("The chains disagree on b: R-hat is up to ") && text.contains("→ Do not use these draws"))
    #expect(!text.contains("disagree on a"))
    struct Diagnosis: Decodable {
      struct Finding: Decodable { let problem, advice: String }
      struct Parameter: Decodable { let name: String }
      let findings: [Finding]
      let parameters: [Parameter]
    }
    let json = try place.run("diagnose", "chains.csv", "--format", "json").output
    let diagnosis = try JSONDecoder().decode(Diagnosis.self, from: Data(json.utf8))
    #expect(diagnosis.parameters.map(\.name) == ["a", "b"] && !diagnosis.findings.isEmpty)
  }

  /// Safetensors with draws of the mean of 20 numbers, whose truth is 1, and the log likelihood of each number.
  ///
  /// - Parameter spoiled: What stands in place of the log likelihood of the third number at the first draw of the second chain.
  private func model(scale: Double, draws count: Int = 500, spoiled: Double? = nil) -> Data {
    var normals = Normals()
    let y = (0..<20).map { _ in 1 + normals.next() }
    let mean = y.reduce(0, +) / 20
    let draws = (0..<4 * count).map { _ in mean + normals.next() / 20.0.squareRoot() }
    let constant: Double = -0.5 * log(2 * Double.pi) - log(scale)
    func logDensity(_ y: Double, _ mu: Double) -> Double {
      let z = (y - mu) / scale
      return constant - 0.5 * z * z
    }
    var terms: [Double] = draws.flatMap { mu in y.map { logDensity($0, mu) } }
    if let spoiled { terms[count * 20 + 2] = spoiled }
    let (first, last) = (32 * count, 32 * count + 640 * count)
    let header = Data(
      ("{\"mu\":{\"dtype\":\"F64\",\"shape\":[4,\(count)],\"data_offsets\":[0,\(first)]},\"log_likelihood\":{\"dtype\":"
        + "\"F64\",\"shape\":[4,\(count),20],\"data_offsets\":[\(first),\(last)]}}").utf8)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header
      + (draws + terms).map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
  }

  private struct Prediction: Decodable {
    struct Estimate: Decodable { let elpd, standardError, effectiveParameters: Double }
    struct Criteria: Decodable {
      let observations: Int
      let leaveOneOut, widelyApplicable: Estimate
      let greatestParetoShape: Double
      let unreliableObservations: [Int]
    }
    struct Difference: Decodable { let difference, standardError: Double }
    let prediction: Criteria
    let difference: Difference
  }

  @Test func logLikelihoodsGiveCrossValidationAndTheDifferenceOfModels() throws {
    let place = try Workplace()
    for (name, scale) in [("right", 1.0), ("wide", 4)] {
      try model(scale: scale).write(to: place.folder.appending(path: "\(name).safetensors"))
    }
    let command = ["diagnose", "right.safetensors", "--against", "wide.safetensors"]
    let text = try place.start(command).wait()
    #expect(text.code == 0 && text.output.contains("Nothing is wrong.\n"), "\(text.errors)")
    #expect(text.output.contains("\nPSIS-LOO ") && text.output.contains("\nWAIC "))
    #expect(!text.output.contains("likelihood["))
    #expect(text.output.contains("By PSIS-LOO it predicts better than wide.safetensors by "))
    let json = try place.start(command + ["--format", "json"]).wait().output
    let found = try JSONDecoder().decode(Prediction.self, from: Data(json.utf8))
    let loo = found.prediction.leaveOneOut
    #expect(found.prediction.observations == 20 && found.prediction.unreliableObservations.isEmpty)
    #expect(abs(loo.elpd - found.prediction.widelyApplicable.elpd) < 0.2)
    // One mean is learnt: the effective number of parameters is the variance of y, near 1.
    #expect(loo.effectiveParameters > 0.4 && loo.effectiveParameters < 2)
    // log 4 a number, less the squares.
    #expect(found.difference.difference > 10 && found.difference.difference < 20 * log(4))
    try place.write(chains(shift: 0), to: "chains.csv")
    let none = try place.run("diagnose", "chains.csv", "--against", "wide.safetensors")
    #expect(none.code == 1 && none.errors.hasPrefix("credence: chains.csv: there is no array log_likelihood"))
  }

  @Test func aModelIsComparedWithOneOfAnotherNumberOfDraws() throws {
    let place = try Workplace()
    for (name, scale, draws) in [("right", 1.0, 500), ("wide", 4, 300)] {
      try model(scale: scale, draws: draws).write(to: place.folder.appending(path: "\(name).safetensors"))
    }
    let outcome = try place.run("diagnose", "right.safetensors", "--against", "wide.safetensors")
    #expect(outcome.code == 0 && outcome.output.contains("By PSIS-LOO it predicts better than wide.safetensors by "))
  }

  @Test func aLogLikelihoodThatIsNoNumberIsOneSentence() throws {
    let place = try Workplace()
    for (value, word) in [(Double.nan, "nan"), (-.infinity, "-inf")] {
      try model(scale: 1, spoiled: value).write(to: place.folder.appending(path: "draws.safetensors"))
      let outcome = try place.run("diagnose", "draws.safetensors")
      #expect(outcome.code == 1 && outcome.output.isEmpty)
      #expect(
        outcome.errors == "credence: draws.safetensors: log_likelihood[2] is \(word) at chain 2, draw 1; "
          + "correct how it is computed there, or leave the observation out.\n")
    }
  }

  @Test func severalFilesAreChainsOfOneRun() throws {
    let place = try Workplace()
    var normals = Normals()
    func stan(_ chain: Int, rows: Int = 200, second: String = "mu") throws {
      var text = "# model = example\nlp__,stepsize__,energy__,divergent__,\(second)\n# Adaptation terminated\n"
      for row in 0..<rows { text += "\(-row % 3),0.5,\(normals.next()),0,\(normals.next())\n" }
      try place.write(text, to: "chain_\(chain).csv")
    }
    for chain in 1...4 { try stan(chain) }
    let files = (1...4).map { "chain_\($0).csv" }
    let good = try place.start(["diagnose"] + files).wait()
    #expect(good.code == 0 && good.output.contains("4 chains of 200 draws.\n"), "\(good.output)\(good.errors)")
    // The same numbers in one file with a column for the chain.
    var joined = "chain,mu\n"
    for chain in 1...4 {
      for line in try place.lines(of: "chain_\(chain).csv").dropFirst(3) {
        joined += "\(chain),\(line.split(separator: ",").last ?? "")\n"
      }
    }
    try place.write(joined, to: "joined.csv")
    func line(_ text: String) -> [Substring]? {
      text.split(separator: "\n").first { $0.hasPrefix("mu ") }.map { $0.split(separator: " ") }
    }
    let single = try place.run("diagnose", "joined.csv")
    #expect(line(good.output) == line(single.output) && line(single.output) != nil)

    try stan(5, rows: 150)
    let short = try place.run("diagnose", "chain_1.csv", "chain_5.csv")
    #expect(
      short.errors == "credence: chain_5.csv: its chains have 150 draws, and those of chain_1.csv have 200; give as "
        + "many draws of each chain.\n")
    try stan(6, second: "nu")
    let other = try place.run("diagnose", "chain_1.csv", "chain_6.csv")
    #expect(
      other.errors == "credence: chain_6.csv: chain_1.csv has no nu, which is here; give files of one run, or one file "
        + "alone.\n")
    let twice = try place.run("diagnose", "chain_1.csv", "chain_2.csv", "chain_1.csv")
    #expect(twice.code == 1)
    #expect(twice.errors == "credence: chain_1.csv: this file is given twice; name each file once.\n")
  }

  @Test func chainsOfDifferentLengthsAreAnError() throws {
    let place = try Workplace()
    try place.write("chain,a\n0,1\n0,2\n1,3\n", to: "chains.csv")
    let outcome = try place.run("diagnose", "chains.csv")
    #expect(outcome.code == 1)
    #expect(
      outcome.errors == "credence: chains.csv: the chains have different lengths; give as many draws of each chain.\n")
  }
}
