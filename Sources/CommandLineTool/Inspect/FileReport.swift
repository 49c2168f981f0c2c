//  FileReport.swift — what a file holds: a sentence, and tables.

import Credence

struct FileReport: Report {
  /// A table with what stands below it, or words alone.
  struct Part {
    /// Its key in JSON.
    let name: String
    var table: TextTable?
    /// Whole lines.
    var words = ""
  }

  let file: String
  /// What is said of the file.
  let summary: String
  /// The first one with a table is the CSV.
  let parts: [Part]
  /// How a model came about, for programs.
  var record: FitRecord?

  private var heading: String { "\(file): \(summary)\n" }

  var text: String {
    ([heading] + parts.map { ($0.table?.text ?? "") + $0.words }).joined(separator: "\n")
  }

  var markdown: String {
    let blocks = parts.map { part in
      let words = part.table == nil ? "```\n\(part.words)```\n" : part.words.isEmpty ? "" : "\n" + part.words
      return (part.table?.markdown ?? "") + words
    }
    return ([heading] + blocks).joined(separator: "\n")
  }

  var csv: String {
    guard let table = parts.compactMap(\.table).first else { return "" }
    return ([table.columns.map(\.title)] + table.rows.map(Self.withoutIndent)).map { CSVText.line($0) }.joined()
  }

  /// Cells without the blanks by which terminals show what belongs to the row above.
  private static func withoutIndent(_ row: [String]) -> [String] { row.map { String($0.drop { $0 == " " }) } }

  var json: String { get throws { try JSONText.object(Contents(report: self)) } }

  /// Tables as lists of objects, words as texts.
  private struct Contents: Encodable {
    let report: FileReport

    private struct Key: CodingKey {
      let stringValue: String
      let intValue: Int? = nil

      init(_ name: String) { stringValue = name }
      init?(stringValue: String) { self.init(stringValue) }
      init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(report.file, forKey: Key("file"))
      try container.encode(report.summary, forKey: Key("summary"))
      try container.encodeIfPresent(report.record, forKey: Key("record"))
      for part in report.parts {
        guard let table = part.table else {
          try container.encode(part.words, forKey: Key(part.name))
          continue
        }
        let names = table.columns.map(\.title)
        try container.encode(
          table.rows.map { Dictionary(uniqueKeysWithValues: zip(names, FileReport.withoutIndent($0))) },
          forKey: Key(part.name))
      }
    }
  }
}
