//  FeatureEncoding+Writing.swift — the cells of a column into their places in a matrix.

extension FeatureEncoding {
  /// Writes the column's inputs for every row into `matrix`, row-major with `stride` numbers a row, from place `offset`.
  ///
  /// Throws: `DatasetError` with the line for a missing cell (unless `fills`), a text where a number belongs, a category
  /// that training did not see, or a number too large for the element type.
  func write<Element: BinaryFloatingPoint>(
    _ column: Column, of table: Table, fills: Bool, into matrix: inout [Element], offset: Int, stride: Int
  ) throws(DatasetError) {
    switch (kind, column.cells) {
    case (.constant, _): return
    case (.number(let standardisation), .numbers(let numbers)):
      for (row, number) in numbers.enumerated() {
        if number.isNaN && !fills { throw missing(row, table) }
        let encoded = Element(number.isNaN ? 0 : standardisation.encoded(number))
        guard encoded.isFinite else { throw tooLarge(row, number, table) }
        matrix[row * stride + offset] = encoded
      }
    case (.number, .categories):
      guard let row = column.firstRowOfText else {
        throw DatasetError(
          file: table.name, column: name, problem: "the column was read as categories and held numbers in training",
          advice: "read it as numbers")
      }
      throw DatasetError(
        file: table.name, line: table.lines[row], column: name,
        problem: "\(DatasetError.excerpt(of: column.label(row: row) ?? "")) is not a number",
        advice: "the column held numbers in training; correct the cell")
    case (.category(let names, let mostFrequent), _):
      let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
      try checkSeen(column, places, table)
      for row in 0..<column.count {
        let label = column.label(row: row)
        if label == nil && !fills { throw missing(row, table) }
        let place = label.flatMap { places[$0] } ?? mostFrequent
        matrix[row * stride + offset + place] = 1
      }
    }
  }

  private func checkSeen(_ column: Column, _ places: [String: Int], _ table: Table) throws(DatasetError) {
    let unseen = UnseenLabels(in: column) { places[$0] != nil }
    guard let row = unseen.firstRow else { return }
    throw DatasetError(
      file: table.name, line: table.lines[row], column: name,
      problem: "training had no \(unseen.labels.count == 1 ? "category" : "categories") \(unseen.list)",
      advice: "correct or remove the rows, or fit the model again with such rows")
  }

  private func missing(_ row: Int, _ table: Table) -> DatasetError {
    DatasetError(
      file: table.name, line: table.lines[row], column: name, problem: "the cell is missing",
      advice: "fill it or remove the row; a model fitted with --missing mean would fill it")
  }

  private func tooLarge(_ row: Int, _ number: Double, _ table: Table) -> DatasetError {
    DatasetError(
      file: table.name, line: table.lines[row], column: name,
      problem: "\(number) is out of all proportion to the training rows", advice: "correct the cell")
  }
}

/// The labels of a column that are not among known ones.
struct UnseenLabels {
  /// In the order of class labels.
  let labels: [String]
  let firstRow: Int?

  init(in column: Column, isKnown: (String) -> Bool) {
    var found: Set<String> = []
    var first: Int?
    for row in 0..<column.count {
      guard let label = column.label(row: row), !isKnown(label) else { continue }
      if first == nil { first = row }
      found.insert(label)
    }
    labels = ClassLabels.sorted(found)
    firstRow = first
  }

  /// The first of them, for a sentence.
  var list: String { DatasetError.list(labels) }
}
