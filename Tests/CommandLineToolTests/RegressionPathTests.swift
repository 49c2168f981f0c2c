//  RegressionPathTests.swift — fit, predict, evaluate on a regression.

import Foundation
import Testing

@Suite struct RegressionPathTests {
  private func fitted() throws -> Workplace {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let outcome = try place.run("fit", "train.csv", "--target", "y", "--out", "m.credence", "--seed", "3", "--quiet")
    #expect(outcome.code == 0 && outcome.errors.isEmpty && outcome.output.isEmpty)
    return place
  }

  @Test func predictionsAreOneRowForEachRowInOrderAndTakeTheUncertaintyApart() throws {
    let place = try fitted()
    let outcome = try place.run("predict", "m.credence", "test.csv", "--interval", "0.8")
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first == "mean,standard_deviation,epistemic,aleatoric,lower,upper")
    let inputs = try place.lines(of: "test.csv")
    #expect(lines.count == inputs.count)
    var inside = 0
    for (line, input) in zip(lines, inputs).dropFirst() {
      let numbers = line.split(separator: ",").compactMap { Double($0) }
      let truth = try #require(input.split(separator: ",").last.flatMap { Double($0) })
      try #require(numbers.count == 6 && numbers.allSatisfy(\.isFinite))
      #expect(
        abs(numbers[1] * numbers[1] - numbers[2] * numbers[2] - numbers[3] * numbers[3]) < 1e-9 * numbers[1]
          * numbers[1])
      #expect(numbers[4] < numbers[0] && numbers[0] < numbers[5])
      if numbers[4] <= truth && truth <= numbers[5] { inside += 1 }
    }
    // 88 rows at 80 %: the share has a standard deviation of 0.043, and the fit adds its own error.
    #expect((53...85).contains(inside), "\(inside) of 88 targets lie inside of 80 % intervals")
    let firstAlone = try place.lines(of: "test.csv").prefix(2).joined(separator: "\n") + "\n"
    try place.write(firstAlone, to: "first.csv")
    let single = try place.run("predict", "m.credence", "first.csv", "--interval", "0.8")
    #expect(single.output.split(separator: "\n").last == lines[1])
  }

  @Test func scoresHaveExactlyTheKeysAndBeatTheSpreadOfTheTarget() throws {
    let place = try fitted()
    let outcome = try place.run("evaluate", "m.credence", "test.csv", "--format", "json")
    let scores = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(
      Set(scores.keys) == [
        "count", "negativeLogLikelihood", "rootMeanSquaredError", "meanAbsoluteError",
        "continuousRankedProbabilityScore", "calibrationError", "coverage",
      ])
    #expect(scores["count"] as? Int == 88)
    // The target's standard deviation is 77 and its best linear predictor's error 54 or so.
    let error = try #require(scores["rootMeanSquaredError"] as? Double)
    #expect(error > 40 && error < 65)
    let likelihood = try #require(scores["negativeLogLikelihood"] as? Double)
    #expect(likelihood < log(77 * (2 * Double.pi * 2.718281828).squareRoot()))
    #expect(Set(try #require(scores["coverage"] as? [String: Double]).keys) == ["0.5", "0.8", "0.9", "0.95"])
    let text = try place.run("evaluate", "m.credence", "test.csv").output
    #expect(text.contains("root mean squared error") && text.contains("inside of the 90 % interval"))
    #expect(text.contains("calibration error of central intervals"))
  }

  @Test func aScoreThatIsNotFiniteIsNull() throws {
    let place = try fitted()
    let lines = try place.lines(of: "test.csv")
    let cells = lines[1].split(separator: ",").dropLast().joined(separator: ",")
    try place.write("\(lines[0])\n\(cells),1e200\n", to: "far.csv")
    let outcome = try place.run("evaluate", "m.credence", "far.csv", "--format", "json")
    let scores = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(scores["rootMeanSquaredError"] is NSNull && scores["negativeLogLikelihood"] is NSNull, "\(outcome.output)")
    #expect(scores["count"] as? Int == 1 && scores["meanAbsoluteError"] as? Double ?? 0 > 1e199)
  }

  @Test func scoresFollowFromThePredictions() throws {
    let place = try fitted()
    let predictions = try place.run("predict", "m.credence", "test.csv").output.split(separator: "\n").dropFirst()
    let means = predictions.compactMap { $0.split(separator: ",").first.flatMap { Double($0) } }
    let truths = try place.lines(of: "test.csv").dropFirst().compactMap {
      $0.split(separator: ",").last.flatMap { Double($0) }
    }
    let expected = (zip(means, truths).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(means.count))
      .squareRoot()
    let json = try place.run("evaluate", "m.credence", "test.csv", "--format", "json").output
    let scores = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let error = try #require(scores["rootMeanSquaredError"] as? Double)
    #expect(abs(error - expected) < 1e-9 * expected)
  }

  @Test func targetMayBeAbsentAndColumnsInAnyOrder() throws {
    let place = try fitted()
    let whole = try place.run("predict", "m.credence", "test.csv")
    let reversed = try place.lines(of: "test.csv").map { line in
      line.split(separator: ",").dropLast().reversed().joined(separator: ";")
    }
    try place.write(reversed.joined(separator: "\r\n") + "\r\n", to: "reversed.csv")
    let outcome = try place.run("predict", "m.credence", "reversed.csv", "--out", "p.csv", "--quiet")
    #expect(outcome.code == 0)
    #expect(String(decoding: try place.bytes(of: "p.csv"), as: UTF8.self) == whole.output)
  }

  @Test func aReaderThatGoesAwayIsNoFailure() throws {
    let place = try fitted()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.currentDirectoryURL = place.folder
    let tool = try #require(Workplace.tool).path
    // The status of the tool itself, told on a file, since the shell gives that of the reader.
    shell.arguments = ["-c", "{ '\(tool)' predict m.credence test.csv; echo $? >status; } | :"]
    try shell.run()
    shell.waitUntilExit()
    #expect(try place.lines(of: "status") == ["0"])
  }
}
