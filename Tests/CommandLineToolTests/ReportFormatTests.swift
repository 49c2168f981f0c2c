//  ReportFormatTests.swift — every command with a result writes it in four forms, which say the same.

import Foundation
import Testing

@Suite struct ReportFormatTests {
  /// A model `m.credence` of a table, with `train.csv` and `test.csv`.
  private func place(_ data: String) throws -> Workplace {
    let place = try Workplace()
    try place.split(data)
    let fit = try place.run(
      "fit", "train.csv", "--target", "y", "--network", "4", "--epochs", "5", "--method", "map", "--out", "m.credence",
      "--quiet")
    #expect(fit.code == 0, "\(fit.errors)")
    return place
  }

  private func output(_ place: Workplace, _ arguments: [String], _ format: String) throws -> String {
    let outcome = try place.start(arguments + ["--quiet", "--format", format]).wait()
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return outcome.output
  }

  /// Lines of cells; no cell here holds a separator.
  private func cells(_ csv: String) -> [[String]] {
    csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  @Test(arguments: ["diabetes.csv", "iris.csv"]) func scoresAreTheSameInEveryForm(data: String) throws {
    let place = try place(data)
    let evaluate = ["evaluate", "m.credence", "test.csv"]
    let text = try output(place, evaluate, "text")
    #expect(try place.start(evaluate).wait().output == text, "text is the default")
    struct Scores: Decodable {
      let count: Int
      let negativeLogLikelihood: Double
      let coverage: [String: Double]?
    }
    let json = try JSONDecoder().decode(Scores.self, from: Data(output(place, evaluate, "json").utf8))
    let csv = cells(try output(place, evaluate, "csv"))
    #expect(csv.count == 2 && csv[0].first == "count" && csv[0].count == csv[1].count)
    let scores = Dictionary(uniqueKeysWithValues: zip(csv[0], csv[1]))
    #expect(scores["count"] == "\(json.count)")
    #expect(scores["negativeLogLikelihood"] == "\(json.negativeLogLikelihood)")
    #expect(scores["coverage_0.9"] == json.coverage?["0.9"].map { "\($0)" })
    #expect((json.coverage == nil) == (data == "iris.csv"))
    let markdown = try output(place, evaluate, "markdown").split(separator: "\n")
    #expect(markdown.allSatisfy { $0.hasPrefix("| ") && $0.hasSuffix(" |") })
    // A rule in each; the words are the same.
    #expect(markdown.count == text.split(separator: "\n").count)
  }

  @Test(arguments: ["diabetes.csv", "iris.csv"]) func predictionsAreTheSameInEveryForm(data: String) throws {
    let place = try place(data)
    let predict = ["predict", "m.credence", "test.csv"]
    let csv = try output(place, predict, "csv")
    #expect(try place.start(predict).wait().output == csv, "CSV is the default")
    let (rows, json) = (cells(csv), try output(place, predict, "json"))
    let objects = try JSONDecoder().decode([String: [[String: Cell]]].self, from: Data(json.utf8))["predictions"] ?? []
    #expect(objects.count == rows.count - 1)
    for (row, object) in zip(rows.dropFirst(), objects) {
      let cells = zip(rows[0], row).map { ($0, $0 == "prediction" ? .text($1) : Cell($1)) }
      #expect(object == Dictionary(uniqueKeysWithValues: cells))
    }
    for format in ["text", "markdown"] {
      let lines = try output(place, predict, format).split(separator: "\n")
      #expect(lines.count == rows.count + 1 && rows[0].allSatisfy { lines[0].contains($0) })
      #expect(lines.allSatisfy { $0.hasPrefix("| ") } == (format == "markdown"))
    }
    #expect(try output(place, predict + ["--out", "p.json"], "json").isEmpty)
    #expect(try String(decoding: place.bytes(of: "p.json"), as: UTF8.self) == json)
  }

  /// A number or a text.
  private enum Cell: Decodable, Equatable {
    case number(Double)
    case text(String)

    init(_ text: String) { self = Double(text).map { .number($0) } ?? .text(text) }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  @Test func whatAFileHoldsIsThereForPrograms() throws {
    let place = try place("diabetes.csv")
    struct Report: Decodable {
      struct Record: Decodable { let rowCount: Int }
      let file: String
      let record: Record?
      let facts: [[String: String]]?
      let columns: [[String: String]]
    }
    func report(_ file: String) throws -> Report {
      try JSONDecoder().decode(Report.self, from: Data(output(place, ["inspect", file], "json").utf8))
    }
    let model = try report("m.credence")
    #expect(model.file == "m.credence" && model.record?.rowCount == 354 && model.columns.count == 10)
    #expect(model.facts?.contains(["fact": "optimizer", "value": "adam"]) == true, "options without their indent")
    let table = try report("test.csv")
    #expect(table.record == nil && table.columns.map { $0["column"] }.last == "y")
    #expect(cells(try output(place, ["inspect", "test.csv"], "csv"))[0] == ["column", "holds", "missing", "values"])
    let facts = try output(place, ["inspect", "m.credence"], "csv")
    #expect(facts.hasPrefix("fact,value\ntask,\"regression of y, ") && facts.contains("\noptimizer,adam\n"))
    let markdown = try output(place, ["inspect", "m.credence"], "markdown")
    #expect(markdown.contains("\n\n| fact ") && markdown.contains("\n```\nlayer ") && markdown.contains("\n| array "))
  }

  @Test func theOtherCommandsHaveARowForEachThing() throws {
    let place = try place("diabetes.csv")
    try place.write(
      "chain,a,b\n" + (0..<80).map { "\($0 / 20),\(sin(Double(7 * $0))),\(cos(Double(11 * $0)))\n" }.joined(),
      to: "c.csv")
    let commands = [
      (["linear", "train.csv", "--target", "y", "--degrees", "0,1"], "degree", ["0", "1"], "| degree |"),
      (["diagnose", "c.csv"], "name", ["a", "b"], "|     |"),
    ]
    for (command, first, names, title) in commands {
      let csv = cells(try output(place, command, "csv"))
      #expect(csv[0].first == first && csv.dropFirst().compactMap(\.first) == names)
      #expect(csv.allSatisfy { $0.count == csv[0].count } && csv[0].count > 5)
      #expect(try output(place, command, "markdown").hasPrefix(title))
    }
    let csv = try place.run("methods", "sghmc", "--format", "csv").output
    #expect(csv.hasPrefix("method,key,kind,default,") && csv.contains("\nsghmc,friction,number,0.1,"))
    #expect(csv.contains(",none anchored,"), "a list is a cell")
    #expect(try place.run("methods", "sghmc", "--format", "markdown").output.contains("| friction "))
  }
}
