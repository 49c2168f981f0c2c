//  RecordTable.swift — records as CSV: the fields that they have in JSON, a line each.
//
//  Names of nested fields are joined by _, elements of a list by blanks. What is not there, or is no finite number, is an empty cell;
//  lists of records have no cell.

import Credence
import Foundation

enum RecordTable {
  /// - Parameter first: Columns that come first; the others follow by their names.
  static func csv(_ records: [some Encodable], first: [String]) throws -> String {
    let decoder = JSONDecoder()
    let rows = try records.map { record in
      try decoder.decode(JSONValue.self, from: Data(JSONText.object(record).utf8)).cells
    }
    let names = Set(rows.flatMap(\.keys))
    let columns = first.filter(names.contains) + names.subtracting(first).sorted()
    return CSVText.line(columns) + rows.map { row in CSVText.line(columns.map { row[$0] ?? "" }) }.joined()
  }
}

/// A value of JSON that may be a cell.
private enum JSONValue: Decodable {
  case cell(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .cell("")
    } else if let flag = try? container.decode(Bool.self) {
      self = .cell("\(flag)")
    } else if let number = try? container.decode(Int.self) {
      self = .cell("\(number)")
    } else if let number = try? container.decode(Double.self) {
      self = .cell("\(number)")
    } else if let text = try? container.decode(String.self) {
      self = .cell(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// The cells of an object, by the names of their columns.
  var cells: [String: String] {
    guard case .object(let fields) = self else { return [:] }
    return fields.reduce(into: [:]) { cells, field in
      switch field.value {
      case .cell(let text): cells[field.key] = text
      case .list(let values):
        let texts = values.compactMap { value in if case .cell(let text) = value { text } else { nil } }
        if texts.count == values.count { cells[field.key] = texts.joined(separator: " ") }
      case .object: for (name, cell) in field.value.cells { cells["\(field.key)_\(name)"] = cell }
      }
    }
  }
}
