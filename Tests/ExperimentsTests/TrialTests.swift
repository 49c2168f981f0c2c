//  TrialTests.swift — figures of a comparison, held against the model itself and against counting by hand.

import Approximations
import Arrays
import Datasets
import Evaluation
import Experiments
import Foundation
import Testing
import Training

@Suite struct TrialTests {
  private static func table(rows: Int = 60) -> Table {
    let x = (0..<rows).map { Double($0) / 10 }
    return Table(
      name: "t.csv",
      columns: [
        Column(name: "x", cells: .numbers(x)), Column(name: "y", cells: .numbers(x.map { 20 + 3 * sin($0) })),
        Column(name: "k", texts: x.map { sin($0) > 0 ? "up" : "down" }),
      ])
  }

  private static let quick = FitDescription(method: .maximumAPosteriori, network: .dense([8]), epochs: 30)

  @Test func theHeldOutRowsAreTheSameForASeedAndNoneIsTrainedOn() throws {
    let data = try HeldOutData(Self.table(), target: "y", testFraction: 0.25, seed: 4)
    let again = try HeldOutData(Self.table(), target: "y", testFraction: 0.25, seed: 4)
    let other = try HeldOutData(Self.table(), target: "y", testFraction: 0.25, seed: 5)
    #expect(data.testCount == 15 && data.train.examples.count == 45)
    #expect(data.inputs == again.inputs && data.inputs != other.inputs)
    let trained = Set(data.train.examples.inputs.rows(at: Array(0..<45)).elements)
    #expect(!trained.isEmpty)
    guard case .numbers(let targets) = data.targets else { throw Unexpected() }
    // In the original unit, and each with the row that it belongs to.
    guard case .table(let encoding) = data.train.encoding, case .number(let unit) = encoding.features[0].kind else {
      throw Unexpected()
    }
    for row in 0..<15 {
      let x = Double(data.inputs[row, 0]) * unit.scale + unit.mean
      // The other feature is a category, so only x is looked at.
      #expect(abs(targets[row] - (20 + 3 * sin(x))) < 1e-4)
    }
  }

  @Test func figuresAreThoseOfTheModelThatTheDescriptionGives() throws {
    let data = try HeldOutData(Self.table(), target: "y", testFraction: 0.25, seed: 4)
    let record = try Trial(Self.quick).run(on: data, control: RunControl(threads: 1))
    let model = try Self.quick.run(on: data.train, control: RunControl(threads: 2))
    guard case .numbers(let targets) = data.targets else { throw Unexpected() }
    let scores = RegressionScores(of: model.predict(data.inputs, threads: 1).mixture, against: targets)
    #expect(record[.negativeLogLikelihood] == scores.negativeLogLikelihood)
    #expect(record[.rootMeanSquaredError] == scores.rootMeanSquaredError)
    #expect(record[.coverageOf90] == scores.coverage["0.9"])
    #expect(record[.calibrationError] == scores.calibrationError)
    #expect(record[.forwardPasses] == 1 && record[.epochs] == 30 && record[.errorRate] == nil)
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).credence").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    #expect(try record[.fileSize] == Double(Data(contentsOf: URL(filePath: path)).count))
    for measure in [Measure.fitSeconds, .predictionSeconds] { #expect(try #require(record[measure]) > 0) }
    // A process that runs tests has more than a megabyte, and less than this machine.
    #expect(try (1e6..<Double(ProcessInfo.processInfo.physicalMemory)).contains(#require(record[.peakMemory])))
  }

  @Test func classificationIsCountedByHand() throws {
    let data = HeldOutData(
      train: try SmallData.classification(), inputs: DenseArray(repeating: 0, shape: [4, 2]),
      targets: .classes([0, 1, 2, 2]))
    let probabilities = DenseArray<Double>(
      rows: [[0.95, 0.04, 0.01], [0.95, 0.04, 0.01], [0.5, 0.3, 0.2], [0.6, 0.35, 0.05]])
    let figures = data.quality(of: Predictive(.classes(probabilities: probabilities.reshaped([1, 4, 3]))))
    #expect(figures[.errorRate] == 0.75)
    // Sets of 90 %: {0}, {0}, {0, 1, 2}, {0, 1}: the first and the third hold their label.
    #expect(figures[.coverageOf90] == 0.5)
    let expected = -(log(0.95) + log(0.04) + log(0.2) + log(0.05)) / 4
    #expect(abs(try #require(figures[.negativeLogLikelihood]) - expected) < 1e-12)
  }

  @Test func aBudgetLimitsTheEpochsAndTheFitKeepsToItRoughly() throws {
    let data = try HeldOutData(Self.table(rows: 600), target: "y", testFraction: 0.25, seed: 4)
    var long = Self.quick
    long.epochs = 1_000_000
    long.stopsEarly = false
    let record = try Trial(long, budget: 0.5).run(on: data, control: RunControl(threads: 1))
    let epochs = try #require(record[.epochs])
    #expect(epochs > 10 && epochs < 1_000_000, "\(epochs) epochs")
    // The machine's speed may change between the short fit and the long one, but not by an order of magnitude.
    #expect(try (0.05..<5).contains(#require(record[.fitSeconds])), "\(record[.fitSeconds] ?? .nan) s")
    let unlimited = try Trial(Self.quick, budget: 1000).run(on: data, control: RunControl(threads: 1))
    #expect(unlimited[.epochs] == 30, "a budget never adds epochs")
  }

  @Test func aBudgetThatAFitCannotHoldWithoutAnyEpochIsToldSo() throws {
    let data = try HeldOutData(Self.table(), target: "y", testFraction: 0.25, seed: 4)
    let error = #expect(throws: TrainingError.self) {
      try Trial(Self.quick, budget: 1e-7).run(on: data, control: RunControl(threads: 1))
    }
    #expect(
      error?.description
        == "what the fit does beside its epochs takes 1 s, and the budget is 1e-07 s; take a cheaper variant of the method, or "
        + "a larger budget")
  }

  @Test func ratiosAreToMAPAndOnlyWhereTheySaySomething() {
    let baseline = TrialRecord(
      method: .maximumAPosteriori, measures: [.negativeLogLikelihood: -0.5, .fitSeconds: 2, .coverageOf90: .nan])
    let other = TrialRecord(
      method: .ensemble(members: 3), measures: [.negativeLogLikelihood: -0.6, .fitSeconds: 5, .coverageOf90: 0.9])
    let failed = TrialRecord(method: MethodDescription("x"), failure: "it cannot be")
    let comparison = Comparison(
      records: [baseline, other, failed], data: "d.csv", rows: 8, testRows: 2, budget: nil, seed: 0)
    #expect(comparison.ratio(.fitSeconds, of: other) == 2.5 && comparison.ratio(.fitSeconds, of: baseline) == 1)
    #expect(comparison.ratio(.negativeLogLikelihood, of: other) == nil)
    #expect(comparison.ratio(.coverageOf90, of: other) == nil && baseline[.coverageOf90] == nil)
    #expect(comparison.measures == [.negativeLogLikelihood, .coverageOf90, .fitSeconds])
  }

  @Test func whatScoresAsMAPDoesIsNamed() {
    func record(_ name: String, _ loss: Double, error: Double = 0.1) -> TrialRecord {
      TrialRecord(
        method: MethodDescription(name), measures: [.negativeLogLikelihood: loss, .errorRate: error, .fitSeconds: loss])
    }
    let records = [
      record("map", 0.1571), record("laplace", 0.157101), record("swa", 0.1573), record("sgld", 0.1571, error: 0.2),
      TrialRecord(method: MethodDescription("x"), failure: "it cannot be"),
    ]
    func alike(_ records: [TrialRecord]) -> [String] {
      Comparison(records: records, data: "d.csv", rows: 8, testRows: 2, budget: nil, seed: 0).methodsLikeMAP
    }
    #expect(alike(records) == ["laplace"])
    #expect(alike(Array(records.dropFirst())) == [])
  }

  @Test func aClassThatOnlyTheHeldOutRowsHaveIsNamedWithAnotherWayOut() throws {
    let rows = 40
    let table = Table(
      name: "t.csv",
      columns: [
        Column(name: "x", cells: .numbers((0..<rows).map { Double($0) })),
        // Twenty categories, most of them of one row: as many as may be, and some are among the rows held out alone.
        Column(name: "c", texts: (0..<rows).map { "c\($0 < 20 ? $0 : 0)" }),
        Column(name: "y", texts: (0..<rows).map { $0 % 2 == 0 ? "a" : "b" }),
      ])
    let error = #expect(throws: DatasetError.self) {
      try HeldOutData(table, target: "y", testFraction: 0.2, seed: 0)
    }
    #expect(error?.problem.hasPrefix("training had no categor") == true)
    #expect(error?.advice == "this row was held out for testing; try another --seed, or remove the row")
  }

  private struct Unexpected: Error {}

  @Test func chainsSayWhetherTheyHaveConverged() throws {
    let data = try HeldOutData(Self.table(), target: "y", testFraction: 0.25, seed: 4)
    func hasConverged(_ method: MethodDescription) throws -> Bool? {
      let description = FitDescription(method: method, network: .dense([2]), epochs: 40, seed: 1)
      return try Trial(description).run(on: data, control: RunControl(threads: 1)).hasConverged
    }
    #expect(try hasConverged(MethodDescription("nuts", options: ["draws": .integer(20)])) == false)
    #expect(try hasConverged(.maximumAPosteriori) == nil)
    #expect(try hasConverged(MethodDescription("sghmc")) != nil)
  }
}
