//  Recurrence.swift — whether the values of a column come back, as those of categories do.
//
//  Notation   n  cells with a value     d  distinct values
//
//  Rules      (1) classes are inferred from texts only if n ≥ 5 d, as they are from integers, see `PredictionTask`
//             (2) a column of which more than half of the values are distinct, and more than twenty, names its rows: it
//                 holds neither classes nor categories, whoever says so
//             (3) texts that write numbers in another way, or a few texts among numbers, are categories, or classes that
//                 nobody asked for, only if n ≥ 5 d and d ≤ 20
//
//  What fails a rule is refused, and a cell is named: learnt as categories such a column predicts nothing, and nobody is told.

/// How often the values of a column recur.
struct Recurrence {
  private let column: Column
  private let table: Table
  private let count: Int
  private let distinct: Int

  init(of column: Column, in table: Table) {
    self.column = column
    self.table = table
    switch column.cells {
    case .numbers(let numbers):
      let present = numbers.filter { !$0.isNaN }
      count = present.count
      distinct = Set(present).count
    case .categories(let codes, _):
      let present = codes.filter { $0 >= 0 }
      count = present.count
      distinct = Set(present).count
    }
  }

  private var isRare: Bool { count < PredictionTask.fewestRowsForClass * distinct }
  private func hasTooManyNumbers(_ cell: OddCell) -> Bool {
    (isRare || distinct > PredictionTask.mostInferredClasses) && (cell.notation != nil || isMostlyNumbers)
  }
  private var namesRows: Bool { 2 * distinct > count && distinct > PredictionTask.mostInferredClasses }  // (2)

  /// Throws: `DatasetError` when the target holds no classes: by rule (2), and by (1) too if nobody chose the task.
  func checkClasses(areInferred: Bool) throws(DatasetError) {
    if areInferred, let text = oddCell, isRare || hasTooManyNumbers(text) {  // (1), (3)
      throw fault(
        "\(text.said), and the column's texts would be \(distinct) classes of \(count) rows",
        "\(text.notation?.advice ?? "correct the cells that should be numbers"), or insist with --task classification",
        row: text.row)
    }
    guard namesRows else { return }
    if column.isCategorical {
      throw fault(
        "\(distinct) of \(count) rows have a class of their own", "name a target whose values recur", row: oddCell?.row)
    }
    throw fault(
      "\(distinct) of \(count) rows have a class of their own", "choose --task regression, or name another target")
  }

  /// Throws: `DatasetError` when the column of features holds no categories: by rules (2) and (3).
  func checkCategories() throws(DatasetError) {
    guard column.isCategorical, let text = oddCell else { return }
    if hasTooManyNumbers(text) {  // (3)
      throw fault(
        "\(text.said), and the column would be read as \(distinct) categories",
        "\(text.notation?.advice ?? "correct the cell"), or remove the column", row: text.row)
    }
    if namesRows {
      throw fault(
        "\(distinct) of \(count) rows have a text of their own, as \(DatasetError.excerpt(of: text.label))",
        "remove the column: what occurs once tells nothing of other rows")
    }
  }

  private struct OddCell {
    let row: Int
    let label: String
    let notation: NumberNotation?

    var said: String {
      let cell = DatasetError.excerpt(of: label)
      return notation.map { "\(cell) has \($0.name)" } ?? "\(cell) is not a number"
    }
  }

  /// The first cell that is no number, one that looks like a number if there is one.
  private var oddCell: OddCell? {
    guard case .categories(let codes, let names) = column.cells else { return nil }
    let notations = names.map { Double($0) == nil ? NumberNotation($0) : nil }
    let row = codes.firstIndex { $0 >= 0 && notations[Int($0)] != nil } ?? column.firstRowOfText
    guard let row, let label = column.label(row: row) else { return nil }
    return OddCell(row: row, label: label, notation: notations[Int(codes[row])])
  }

  /// Whether nine of ten distinct texts are numbers.
  private var isMostlyNumbers: Bool {
    guard case .categories(_, let names) = column.cells else { return true }
    return 10 * names.count { Double($0) != nil } >= 9 * names.count
  }

  private func fault(_ problem: String, _ advice: String, row: Int? = nil) -> DatasetError {
    DatasetError(
      file: table.name, line: row.map { table.lines[$0] }, column: column.name, problem: problem, advice: advice)
  }
}
