//  MissingCellTests.swift — cells without a value.

import Datasets
import Testing

private let gaps = "x,y,colour\n1,2,red\n,4,blue\n5,6,NA\n7,?,red\n"

private func table(_ text: String, _ missing: MissingCells) throws -> Table {
  try Table(csv: Array(text.utf8), missing: missing)
}

@Suite struct MissingCellsOfTables {
  @Test(arguments: ["NA", "N/A", "NaN", "nan", "null", "NULL", "?"])
  func aMissingCellIsAnErrorWithLineAndColumnAndSaysWhatTheCellHolds(_ cell: String) {
    #expect(
      sentence { _ = try table("x,y\n1,2\n\(cell),4\n", .error) }
        == "table, line 3, column 'x': the cell holds '\(cell)', so its value is missing; fill it, or choose --missing mean "
        + "to fill such cells or --missing drop to leave their rows out.")
  }

  @Test(arguments: ["", "\"\"", "  "])
  func anEmptyCellIsAnErrorWithLineAndColumn(_ cell: String) {
    #expect(
      sentence { _ = try table("x,y\n1,2\n\(cell),4\n", .error) }
        == "table, line 3, column 'x': the cell is empty; fill it, or choose --missing mean to fill such cells or "
        + "--missing drop to leave their rows out.")
  }

  @Test func meanKeepsTheGapForTheEncoding() throws {
    let table = try table(gaps, .mean)
    #expect(table.rowCount == 4)
    #expect(table.columns.map { column in (0..<4).filter { column.isMissing(row: $0) } } == [[1], [3], [2]])
  }

  @Test func dropLeavesOutTheRowsAndRemembersTheirPlaces() throws {
    let table = try table(gaps + "9,10,green\n", .drop)
    #expect(table["x"]?.numbers == [1, 9])
    #expect(table.sourceRows == [0, 4])
    #expect(table.lines == [2, 6])
    guard case .categories(_, let names)? = table["colour"]?.cells else {
      Issue.record("colours are categories")
      return
    }
    #expect(names == ["green", "red"])
  }

  @Test func dropWorksWhenAColumnTurnsCategoricalLate() throws {
    let table = try table("x,y\n1,1\n,2\nNA,3\nred,4\n", .drop)
    #expect((0..<2).map { table["x"]?.label(row: $0) } == ["1", "red"])
    #expect(table["y"]?.numbers == [1, 4])
  }

  @Test func droppingEveryRowIsAnError() {
    #expect(
      sentence { _ = try table("x,y\n,1\n2,\n", .drop) }
        == "table: every row has a missing cell; choose --missing mean, which fills them.")
  }

  @Test func droppingMissingLooksAtTheNamedColumnsOnly() throws {
    let table = try table(gaps, .mean)
    #expect(table.droppingMissing(in: ["y", "unknown"]).sourceRows == [0, 1, 2])
  }
}
