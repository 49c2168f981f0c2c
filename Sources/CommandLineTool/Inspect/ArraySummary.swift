//  ArraySummary.swift — the arrays of a file: names, kinds, shapes, and the range of their numbers.

import Credence

struct ArraySummary {
  let text: String

  init(_ array: StoredArray, kind: String, name: String) {
    text = "\(name): \(kind), one array\n\n" + Self.table([("–", array)]).text
  }

  /// Throws: `DatasetError` when an array is damaged.
  init(_ archive: NPZArchive, name: String) throws(DatasetError) {
    var arrays: [(String, StoredArray)] = []
    for array in archive.names { arrays.append((array, try archive.array(named: array))) }
    text = "\(name): NPZ, \(NumberFormat.count(arrays.count, "array"))\n\n" + Self.table(arrays).text
  }

  /// Throws: `DatasetError` when an array is damaged.
  init(_ file: SafetensorsFile, name: String) throws(DatasetError) {
    var arrays: [(String, StoredArray)] = []
    for array in file.names { arrays.append((array, try file.array(named: array))) }
    var text = "\(name): safetensors, \(NumberFormat.count(arrays.count, "array"))\n\n" + Self.table(arrays).text
    if !file.metadata.isEmpty {
      var table = TextTable(columns: [TextTable.Column("metadata", .left), TextTable.Column("text", .left)])
      for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) {
        table.append([Self.printable(key), Self.printable(value)])
      }
      text += "\n" + table.text
    }
    self.text = text
  }

  static func table(_ arrays: [(String, StoredArray)]) -> TextTable {
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
