//  TableHeader.swift — the first line of a CSV text: the names of the columns.

/// The names of the columns, checked.
struct TableHeader {
  /// No table has more columns: more mean that the separator is wrong or that this is no table.
  static let largestWidth = 65_536

  let names: [String]

  /// Reads the first line that is not blank.
  ///
  /// Throws: `DatasetError` if there is none, or a name is empty, not UTF-8 or given twice, or all are numbers.
  init(from scanner: inout FieldScanner) throws(DatasetError) {
    let file = scanner.source.name
    var names: [String] = []
    var line = scanner.line
    reading: while true {
      if names.isEmpty {
        line = scanner.line
        guard try !scanner.isFinished() else {
          throw DatasetError(
            file: file, problem: "the file is empty", advice: "give a CSV file with a header line and rows")
        }
      }
      let field = try scanner.next()
      let name = try scanner.string(field, line: line, column: "\(names.count + 1)")
      if name.isEmpty && names.isEmpty && field.ending != .separator && !field.isQuoted { continue }
      guard !name.isEmpty else {
        throw DatasetError(
          file: file, line: line, problem: "column \(names.count + 1) has no name",
          advice: "name every column in the first line")
      }
      names.append(name)
      guard names.count <= Self.largestWidth else {
        throw DatasetError(
          file: file, line: line, problem: "there are more than \(Self.largestWidth) columns",
          advice: "check the separator, or use fewer columns")
      }
      if field.ending != .separator { break reading }
    }
    self.names = names
    try checkDistinct(file, line)
    try checkNames(file, line)
  }

  private func checkDistinct(_ file: String, _ line: Int) throws(DatasetError) {
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() {
      if let first = places.updateValue(place, forKey: name) {
        throw DatasetError(
          file: file, line: line, column: name,
          problem: "columns \(first + 1) and \(place + 1) have the same name", advice: "rename one of them")
      }
    }
  }

  /// A first line of numbers is a row, unless it counts the columns.
  private func checkNames(_ file: String, _ line: Int) throws(DatasetError) {
    let numbers = names.map { Double($0) }
    guard numbers.allSatisfy({ $0 != nil }) else { return }
    let counted = numbers.enumerated().allSatisfy { place, number in number == Double(place) }
    let countedFromOne = numbers.enumerated().allSatisfy { place, number in number == Double(place + 1) }
    guard counted || countedFromOne else {
      throw DatasetError(
        file: file, line: line, problem: "the first line holds only numbers, so the columns have no names",
        advice: "put a line with the names of the columns first")
    }
  }
}

extension FieldScanner {
  /// The text of a field.
  ///
  /// Throws: `DatasetError` if it is not UTF-8 or holds control characters.
  func string(_ field: Field, line: Int, column: String) throws(DatasetError) -> String {
    let bytes = text(field)
    for byte in bytes where byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D {
      throw DatasetError(
        file: source.name, line: line, column: column, problem: "a cell holds the control byte \(byte)",
        advice: "give a CSV file in UTF-8; this looks like a binary file or another encoding")
    }
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw DatasetError(
        file: source.name, line: line, column: column, problem: "a cell is not valid UTF-8",
        advice: "save the file in UTF-8")
    }
    return string
  }
}
