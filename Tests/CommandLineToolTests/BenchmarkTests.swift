//  BenchmarkTests.swift — a benchmark goes on from the rows that it had finished.

import Foundation
import Testing

@Suite struct BenchmarkTests {
  private struct Table: Decodable {
    struct Row: Decodable {
      struct Average: Decodable, Equatable { let mean: Double }
      let dataset: String
      let splits: Int
      let logLikelihood: Average
      let seconds: Double
    }
    let results: [Row]
  }

  /// A set named yacht, of four splits.
  private func place() throws -> Workplace {
    let place = try Workplace()
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "uci/yacht"), withIntermediateDirectories: true)
    try place.write(
      "x,y\n" + (0..<60).map { "\($0),\(Double($0 * $0 % 17))\n" }.joined(), to: "uci/yacht/data.csv")
    try place.write("0,1,2,3\n4,5,6,7\n8,9,10,11\n12,13,14,15\n", to: "uci/yacht/test_indices.csv")
    return place
  }

  private func run(_ place: Workplace, _ options: String...) throws -> Table.Row {
    let outcome = try place.start(
      ["benchmark", "uci", "--sets", "yacht", "--data", "uci", "--methods", "map", "--epochs", "20", "--no-search"]
        + ["--format", "json", "--quiet"] + options
    ).wait()
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return try #require(try JSONDecoder().decode(Table.self, from: Data(outcome.output.utf8)).results.first)
  }

  @Test func splitsThatAreThereAreNotWorkedOutAgain() throws {
    let place = try place()
    let two = try run(place, "--splits", "2", "--results", "r.jsonl")
    let lines = try place.lines(of: "r.jsonl")
    #expect(two.splits == 2 && lines.count == 2)
    let four = try run(place, "--results", "r.jsonl")
    #expect(try four.splits == 4 && Array(place.lines(of: "r.jsonl").prefix(2)) == lines)
    #expect(try place.lines(of: "r.jsonl").count == 4)
    #expect(try run(place).logLikelihood == four.logLikelihood, "as without a file")
    // Nothing is left to do: even the times are those of before.
    #expect(try run(place, "--results", "r.jsonl").seconds == four.seconds)
    #expect(try place.lines(of: "r.jsonl").count == 4)
    let csv = try place.run(
      "benchmark", "uci", "--sets", "yacht", "--data", "uci", "--methods", "map", "--epochs", "20", "--no-search",
      "--results", "r.jsonl", "--quiet", "--format", "csv"
    ).output.split(separator: "\n")
    #expect(csv.count == 2 && csv[0].hasPrefix("dataset,method_name,") && csv[1].hasPrefix("yacht,map,"))
    #expect(csv[1].contains(",\(four.seconds),"))
    // Another setting is another row.
    #expect(try run(place, "--results", "r.jsonl", "--seed", "1").logLikelihood != four.logLikelihood)
    #expect(try place.lines(of: "r.jsonl").count == 8)
  }
}
