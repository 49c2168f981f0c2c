//  ClassificationPathTests.swift — fit, predict, evaluate on classifications of tables and of images.

import Foundation
import Testing

@Suite struct ClassificationPathTests {
  @Test(arguments: [("iris.csv", 3, 0.85), ("breast_cancer.csv", 2, 0.92)])
  func classesOfRealDataArePredicted(name: String, classes: Int, accuracy: Double) throws {
    let place = try Workplace()
    try place.split(name)
    try place.run("fit", "train.csv", "--target", "y", "--out", "m.credence", "--quiet")
    let outcome = try place.run("predict", "m.credence", "test.csv")
    let lines = outcome.output.split(separator: "\n")
    let names = (0..<classes).map { "probability_\($0)" }
    #expect(String(lines[0]) == (["prediction"] + names + ["entropy", "mutual_information"]).joined(separator: ","))
    for line in lines.dropFirst() {
      let cells = line.split(separator: ",").compactMap { Double($0) }
      try #require(cells.count == classes + 3)
      let probabilities = cells[1...classes]
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
      #expect(probabilities[1 + Int(cells[0])] == probabilities.max())
      #expect(cells[classes + 1] <= log(Double(classes)) + 1e-9)
      #expect(cells[classes + 2] >= 0 && cells[classes + 2] <= cells[classes + 1] + 1e-9)
    }
    let json = try place.run("evaluate", "m.credence", "test.csv", "--format", "json").output
    let scores = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Double])
    #expect(
      Set(scores.keys) == ["count", "negativeLogLikelihood", "accuracy", "brierScore", "expectedCalibrationError"])
    #expect(try #require(scores["accuracy"]) >= accuracy)
    #expect(try #require(scores["negativeLogLikelihood"]) < 0.4)
  }

  @Test(arguments: [("probit", false), ("laplace-bridge", true)])
  func aMutualInformationThatIsNotKnownIsAnEmptyCell(prediction: String, isKnown: Bool) throws {
    let place = try Workplace()
    try place.split("iris.csv")
    try place.run(
      "fit", "train.csv", "--target", "y", "--method", "laplace", "--option", "prediction=\(prediction)", "--epochs",
      "20", "--out", "m.credence", "--quiet")
    let lines = try place.run("predict", "m.credence", "test.csv").output.split(separator: "\n")
    try #require(lines.count > 10)
    for line in lines.dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      try #require(cells.count == 6)
      if isKnown {
        #expect(try #require(Double(cells[5])) > 0, "\(line)")
      } else {
        #expect(cells[5].isEmpty, "\(line)")
      }
    }
  }

  @Test func textsAreClassesAndFeaturesAndNeedNoOption() throws {
    let place = try Workplace()
    let rows = (0..<60).map { "\($0 % 2 == 0 ? "red" : "green"),\($0 % 7),\($0 % 2 == 0 ? "no, thanks" : "yes")" }
    let quoted = rows.map { $0.replacing("no, thanks", with: "\"no, thanks\"") }
    try place.write("colour,size,answer\n" + quoted.joined(separator: "\n"), to: "t.csv")
    #expect(try place.run("fit", "t.csv", "--target", "answer", "--out", "m.credence", "--quiet").code == 0)
    let lines = try place.run("predict", "m.credence", "t.csv").output.split(separator: "\n")
    #expect(lines[0] == "prediction,\"probability_no, thanks\",probability_yes,entropy,mutual_information")
    #expect(lines[1].hasPrefix("\"no, thanks\",") && lines[2].hasPrefix("yes,"))
    #expect(try place.run("inspect", "m.credence").output.contains("classification of answer: 'no, thanks', yes"))
  }

  @Test func imagesThatANetworkCannotTakeAreNamedWithTheirFile() throws {
    let place = try Workplace()
    try Data([0, 0, 8, 3, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 8] + (0..<512).map { UInt8($0 % 251) }).write(
      to: place.folder.appending(path: "x.idx"))
    try Data([0, 0, 8, 1, 0, 0, 0, 8, 0, 1, 0, 1, 0, 1, 0, 1]).write(to: place.folder.appending(path: "y.idx"))
    for command in [["fit", "--out", "m.credence"], ["compare"]] {
      let outcome = try place.start(
        command + ["--images", "x.idx", "--labels", "y.idx", "--network", "lenet5", "--quiet"]
      ).wait()
      #expect(outcome.code == 1)
      #expect(
        outcome.errors.hasPrefix(
          "credence: x.idx: the network lenet5 cannot be built for inputs of shape [1, 8, 8]: layer ")
          && outcome.errors.hasSuffix("; give larger images, or name the units of hidden layers, as 50,50.\n"),
        "\(outcome.errors)")
    }
  }

  @Test func imagesAreFittedPredictedAndEvaluated() throws {
    let place = try Workplace()
    // Bright in the left or in the right half, with a pattern that differs from image to image.
    var pixels: [UInt8] = []
    var labels: [UInt8] = []
    for image in 0..<80 {
      labels.append(UInt8(image % 2))
      for y in 0..<4 {
        for x in 0..<4 { pixels.append((x < 2) == (image % 2 == 0) ? UInt8(180 + (image * 7 + x + y) % 70) : 20) }
      }
    }
    try Data([0, 0, 8, 3, 0, 0, 0, 80, 0, 0, 0, 4, 0, 0, 0, 4] + pixels).write(
      to: place.folder.appending(path: "x.idx"))
    try Data([0, 0, 8, 1, 0, 0, 0, 80] + labels).write(to: place.folder.appending(path: "y.idx"))
    let fit = try place.run(
      "fit", "--images", "x.idx", "--labels", "y.idx", "--network", "8", "--epochs", "60", "--out", "m.credence",
      "--quiet")
    #expect(fit.code == 0, "\(fit.errors)")
    let lines = try place.run("predict", "m.credence", "--images", "x.idx").output.split(separator: "\n")
    #expect(lines.count == 81 && lines[1].hasPrefix("0,") && lines[2].hasPrefix("1,"))
    let json = try place.run("evaluate", "m.credence", "--images", "x.idx", "--labels", "y.idx", "--format", "json")
      .output
    let scores = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Double])
    #expect(scores["accuracy"] == 1)
    let table = try place.run("predict", "m.credence", "x.csv")
    #expect(table.errors == "credence: m.credence: the model was fitted to images; give an IDX file with --images.\n")
  }
}
