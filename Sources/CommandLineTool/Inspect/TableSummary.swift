//  TableSummary.swift — the columns of a table: what they hold, and how many of their cells are missing.

import Credence

enum TableSummary {
  static func report(_ source: Table) -> FileReport {
    var table = TextTable(columns: [
      TextTable.Column("column", .left), TextTable.Column("holds", .left), TextTable.Column("missing"),
      TextTable.Column("values", .left),
    ])
    for column in source.columns {
      let missing = (0..<column.count).filter { column.isMissing(row: $0) }.count
      table.append([
        ArraySummary.printable(column.name), column.isCategorical ? "categories" : "numbers", "\(missing)",
        values(of: column),
      ])
    }
    let size =
      "\(NumberFormat.count(source.rowCount, "row")), \(NumberFormat.count(source.columns.count, "column"))"
    return FileReport(
      file: source.name, summary: "CSV, \(size)", parts: [FileReport.Part(name: "columns", table: table)])
  }

  private static func values(of column: Column) -> String {
    switch column.cells {
    case .numbers(let numbers):
      let present = numbers.filter { !$0.isNaN }
      guard let least = present.min(), let greatest = present.max() else { return "" }
      return "\(NumberFormat.number(least)) to \(NumberFormat.number(greatest))"
    case .categories(_, let names):
      let shown = names.prefix(4).map(ArraySummary.name).joined(separator: ", ")
      return names.count > 4 ? "\(names.count): \(shown), …" : shown
    }
  }
}
