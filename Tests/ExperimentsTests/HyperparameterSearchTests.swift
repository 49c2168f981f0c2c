//  HyperparameterSearchTests.swift — settings are chosen by validation rows, and the obviously better ones are.

import Arrays
import Datasets
import Evaluation
import Experiments
import Foundation
import Testing
import Training

@Suite struct HyperparameterSearchTests {
  private static func table() -> Table {
    var random = Philox(seed: 1, stream: 0)
    let x = (0..<120).map { _ in Double.random(in: -2...2, using: &random) }
    return Table(
      name: "t.csv",
      columns: [
        Column(name: "x", cells: .numbers(x)),
        Column(name: "y", cells: .numbers(x.map { 2 * $0 + Double.random(in: -0.1...0.1, using: &random) })),
      ])
  }

  private static let start = FitDescription(
    method: .ensemble(members: 3), network: .dense([]), epochs: 40, learningRate: 0.1, stopsEarly: false)

  @Test func aPriorThatAllowsNothingIsLeftForOneThatDoes() throws {
    let data = try HeldOutData(Self.table(), target: "y", testFraction: 0.25, seed: 0)
    var description = Self.start
    description.priorScale = 1e-3
    let search = HyperparameterSearch(epochFactors: [], learningRateFactors: [], priorScales: [1e-4, 2])
    let best = try search.best(from: description, on: data, control: RunControl(threads: 1))
    #expect(best.priorScale == 2)
    #expect(best.method == description.method, "what stands in for the method goes again")
    #expect(best.epochs == 40 && best.learningRate == 0.1 && best.seed == description.seed)
  }

  @Test func aRateThatIsTooSmallIsLeftAndAWorseAlternativeIsNotTaken() throws {
    let data = try HeldOutData(Self.table(), target: "y", testFraction: 0.25, seed: 0)
    var description = Self.start
    description.learningRate = 1e-5
    let search = HyperparameterSearch(epochFactors: [0.1], learningRateFactors: [0.1, 10_000], priorScales: [1e-4])
    let best = try search.best(from: description, on: data, control: RunControl(threads: 1))
    #expect(abs((best.learningRate ?? 0) - 0.1) < 1e-9)
    #expect(best.epochs == 40 && best.priorScale == 1)
  }

  @Test func aGainWithinItsStandardErrorIsChance() {
    func isBetter(_ gains: [Double]) -> Bool {
      HyperparameterSearch.isBetter(
        HeldOutLogDensity(pointwise: gains), than: HeldOutLogDensity(pointwise: gains.map { _ in 0 }))
    }
    // Sum and √(N variance): 1 and 2.06, 1 and 0.61, −1 and 0.61.
    #expect(!isBetter([1.5, -1, 1, -0.5]))
    #expect(isBetter([0.5, 0.5, -0.25, 0.25]))
    #expect(!isBetter([-0.5, -0.5, 0.25, -0.25]))
    #expect(!isBetter([0, 0, 0, 0]))
    let impossible = HeldOutLogDensity(pointwise: [-.infinity, -1])
    let possible = HeldOutLogDensity(pointwise: [-5, -5])
    #expect(HyperparameterSearch.isBetter(possible, than: impossible))
    #expect(!HyperparameterSearch.isBetter(impossible, than: possible))
  }

  @Test func theTestRowsOfASplitHaveNoSayInItsSettings() throws {
    let rows = (0..<90).map { index in
      let x = Double(index % 30) / 10
      return "\(x),\(2 * x + 0.01 * Double(index % 7))"
    }
    func settings(_ spoilt: Bool) throws -> FitDescription {
      let folder = FileManager.default.temporaryDirectory.appending(path: "uci-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      let set = folder.appending(path: "yacht")
      try FileManager.default.createDirectory(at: set, withIntermediateDirectories: true)
      // Rows 0 to 8 are the test's; their targets may be anything.
      let written = rows.enumerated().map { $0 < 9 && spoilt ? "0,\($0 * 100)" : $1 }
      try Data(("x,y\n" + written.joined(separator: "\n") + "\n").utf8).write(to: set.appending(path: "data.csv"))
      try Data("0,1,2,3,4,5,6,7,8\n".utf8).write(to: set.appending(path: "test_indices.csv"))
      let dataset = try #require(UCIDataset.all.first { $0.name == "yacht" })
      let benchmark = try UCIBenchmark(dataset, folder: folder.path)
      return try benchmark.result(
        ofSplit: 0, Self.start,
        search: HyperparameterSearch(epochFactors: [0.5], learningRateFactors: [3], priorScales: [0.1, 10]),
        control: RunControl(threads: 1)
      ).description
    }
    #expect(try settings(false) == settings(true))
  }

  @Test func splitsAreTheSameSideBySideAndOneByOne() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "uci-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let set = folder.appending(path: "yacht")
    try FileManager.default.createDirectory(at: set, withIntermediateDirectories: true)
    let rows = (0..<60).map { "\($0),\($0 * $0 % 17)" }
    try Data(("x,y\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: set.appending(path: "data.csv"))
    try Data("0,1,2,3\n4,5,6,7\n8,9,10,11\n".utf8).write(to: set.appending(path: "test_indices.csv"))
    let benchmark = try UCIBenchmark(try #require(UCIDataset.all.first { $0.name == "yacht" }), folder: folder.path)
    func likelihoods(_ threads: Int) throws -> [Double] {
      try benchmark.results(
        splits: 3, Self.start, search: nil, threads: threads, shouldStop: { false }, done: { _, _ in }
      ).map(\.scores.negativeLogLikelihood)
    }
    let alone = try likelihoods(1)
    #expect(alone.count == 3 && Set(alone).count == 3)
    #expect(try likelihoods(3) == alone)
  }
}
