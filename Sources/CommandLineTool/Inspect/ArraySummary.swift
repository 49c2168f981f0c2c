//  ArraySummary.swift — the arrays of a file: names, kinds, shapes, and the range of their numbers.

import Credence

enum ArraySummary {
  static func report(_ array: StoredArray, kind: String, name: String) -> FileReport {
    report("\(kind), one array", [("–", array)], name: name)
  }

  /// Throws: `DatasetError` when an array is damaged.
  static func report(_ archive: NPZArchive, name: String) throws(DatasetError) -> FileReport {
    var arrays: [(String, StoredArray)] = []
    for array in archive.names { arrays.append((array, try archive.array(named: array))) }
    return report("NPZ, \(NumberFormat.count(arrays.count, "array"))", arrays, name: name)
  }

  /// Throws: `DatasetError` when an array is damaged.
  static func report(_ file: SafetensorsFile, name: String) throws(DatasetError) -> FileReport {
    var arrays: [(String, StoredArray)] = []
    for array in file.names { arrays.append((array, try file.array(named: array))) }
    return report(
      "safetensors, \(NumberFormat.count(arrays.count, "array"))", arrays, name: name,
      metadata: file.metadata.isEmpty ? [] : [FileReport.Part(name: "metadata", table: metadata(file))])
  }

  private static func report(
    _ summary: String, _ arrays: [(String, StoredArray)], name: String, metadata: [FileReport.Part] = []
  ) -> FileReport {
    FileReport(
      file: name, summary: summary, parts: [FileReport.Part(name: "arrays", table: table(arrays))] + metadata)
  }

  private static func metadata(_ file: SafetensorsFile) -> TextTable {
    var table = TextTable(columns: [TextTable.Column("metadata", .left), TextTable.Column("text", .left)])
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) {
      table.append([printable(key), printable(value)])
    }
    return table
  }

  private static func table(_ arrays: [(String, StoredArray)]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("array", .left), TextTable.Column("numbers", .left), TextTable.Column("shape", .left),
      TextTable.Column("least"), TextTable.Column("greatest"),
    ])
    for (name, array) in arrays {
      let numbers = array.numbers(0..<array.count, as: Double.self)
      table.append([
        printable(name), array.kind.rawValue, "\(array.shape)", numbers.min().map { NumberFormat.number($0) } ?? "–",
        numbers.max().map { NumberFormat.number($0) } ?? "–",
      ])
    }
    return table
  }

  /// A name that stands in a list: quoted where it would not be clear where it ends.
  static func name(_ text: String) -> String {
    let shown = printable(text)
    let isPlain = !shown.isEmpty && !shown.contains { ",;:'\"".contains($0) || $0.isWhitespace }
    return isPlain ? shown : "'\(shown)'"
  }

  /// At most 60 characters, none of which moves the cursor.
  static func printable(_ text: String) -> String {
    let characters = text.unicodeScalars.prefix(60).map { scalar in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return characters.joined() + (text.unicodeScalars.count > 60 ? "…" : "")
  }
}
