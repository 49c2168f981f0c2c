//  LastLayerCommandTests.swift — credence linear --basis last-layer: exact inference above a fitted network.

import Foundation
import Testing

@Suite struct LastLayerCommandTests {
  private static let linear = ["linear", "train.csv", "--target", "y", "--basis", "last-layer", "--model"]

  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.split("diabetes.csv")
    return place
  }

  private func fit(_ place: Workplace, _ options: String..., table: String = "train.csv", out: String) throws {
    let fit = try place.start(
      ["fit", table, "--target", "y", "--epochs", "40", "--network", "7", "--quiet", "--out", out] + options
    ).wait()
    #expect(fit.code == 0, "\(fit.errors)")
  }

  private struct Record: Decodable {
    let degree, features: Int
    let logEvidence, probability, noise, effectiveParameters: Double
  }

  @Test(arguments: ["map", "laplace"])
  func theLastLayerOfANetworkPredictsWithItsPosterior(method: String) throws {
    let place = try place()
    try fit(place, "--method", method, out: "m.credence")
    let prediction = ["--predict", "test.csv", "--ignore-extra", "--out", "forecast.csv"]
    let outcome = try place.start(Self.linear + ["m.credence", "--format", "json"] + prediction).wait()
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let record = try #require(try JSONDecoder().decode([Record].self, from: Data(outcome.output.utf8)).first)
    #expect(record.degree == 7 && record.features == 8 && record.probability == 1)
    #expect(record.effectiveParameters > 0 && record.effectiveParameters <= 8)
    // In the unit of the target, whose standard deviation is 77: a fit explains some of it.
    #expect(record.noise > 30 && record.noise < 70 && record.logEvidence < -354 * log(30.0), "\(record)")
    let predicted = try place.run("predict", "m.credence", "test.csv").output.split(separator: "\n").dropFirst()
    let lines = try place.lines(of: "forecast.csv").dropFirst()
    func numbers(_ line: some StringProtocol) -> [Double] { line.split(separator: ",").compactMap { Double($0) } }
    #expect(lines.count == 88 && predicted.count == 88)
    // The features are those of the network, so the means are near its own.
    let differences = zip(lines, predicted).map { abs(numbers($0)[0] - numbers($1)[0]) }
    #expect(differences.reduce(0, +) / 88 < 20, "\(differences)")
    #expect(lines.allSatisfy { numbers($0)[1] > record.noise && numbers($0)[2] < numbers($0)[3] })
  }

  @Test func whatHasNoSuchLayerIsRefused() throws {
    let place = try place()
    func expect(_ options: [String], says sentence: String) throws {
      let outcome = try place.start(options).wait()
      #expect(outcome.code == 1 && outcome.errors == "credence: \(sentence)\n", "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
    try fit(place, "--method", "ensemble", "--members", "2", out: "several.credence")
    try expect(
      Self.linear + ["several.credence"],
      says: "several.credence: a last layer is that of one network, and this posterior of ensemble is none; give a "
        + "model fitted with --method map.")
    try fit(place, "--method", "map", "--network", "linear", out: "flat.credence")
    try expect(
      Self.linear + ["flat.credence"],
      says: "flat.credence: the network has no hidden layer, so that its last one weighs the columns themselves; take "
        + "--basis polynomial --degrees 1, which is the same.")
    try place.write("a,y\n" + (0..<30).map { "\($0),\($0 % 7)\n" }.joined(), to: "other.csv")
    try fit(place, "--method", "map", "--task", "regression", table: "other.csv", out: "other.credence")
    try expect(
      Self.linear + ["other.credence"],
      says: "other.credence: the model was fitted with a column 'a', and train.csv has none; fit a model to the "
        + "columns of train.csv first.")
    try fit(place, "--method", "map", "--task", "classification", table: "other.csv", out: "classes.credence")
    try expect(
      Self.linear + ["classes.credence"],
      says: "classes.credence: the model predicts classes, and a linear model predicts numbers; give a model of "
        + "numbers with normal noise.")
    try fit(place, "--method", "map", "--likelihood", "poisson", table: "other.csv", out: "counts.credence")
    try expect(
      Self.linear + ["counts.credence"],
      says: "counts.credence: the model predicts counts, and a linear model predicts numbers; give a model of "
        + "numbers with normal noise.")
    try expect(
      ["linear", "train.csv", "--target", "bmi", "--basis", "last-layer", "--model", "other.credence"],
      says: "other.credence: the model predicts 'y', and --target is 'bmi'; give a model of the same target.")
    try place.write("a,b,y\n" + (0..<30).map { "\($0),\($0 % 3),\($0 % 7)\n" }.joined(), to: "more.csv")
    try expect(
      ["linear", "more.csv", "--target", "y", "--basis", "last-layer", "--model", "other.credence"],
      says: "other.credence: the model was fitted without a column 'b', and more.csv has one; fit a model to the "
        + "columns of more.csv first.")
  }

  @Test func powersBeyondTheRangeOfNumbersAreRefused() throws {
    let place = try place()
    let outcome = try place.run("linear", "train.csv", "--target", "y", "--degrees", "1,900")
    #expect(
      outcome.errors
        == "credence: train.csv: its powers of degree 900 leave the range of numbers; take lower degrees, or another "
        + "basis.\n")
    #expect(outcome.code == 1)
  }
}
