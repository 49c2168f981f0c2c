//  CSVFormatTests.swift — what a CSV text may look like.

import Datasets
import Testing

private func table(
  _ text: String, separator: Character? = nil, missing: MissingCells = .error, categorical: Set<String> = []
) throws -> Table {
  try Table(csv: Array(text.utf8), separator: separator, missing: missing, categorical: categorical)
}

@Suite struct CSVFormat {
  @Test func numbersAndTextsBecomeColumns() throws {
    let table = try table("a,b,c\n1,red,2.5\n-3e2,blue,.5\n+4.,red,1E-3\n")
    #expect(table.columnNames == ["a", "b", "c"])
    #expect(table["a"]?.numbers == [1, -300, 4])
    #expect(table["c"]?.numbers == [2.5, 0.5, 0.001])
    guard case .categories(let codes, let names)? = table["b"]?.cells else {
      Issue.record("column b holds categories")
      return
    }
    #expect(names == ["blue", "red"])
    #expect(codes == [1, 0, 1])
    #expect(table.lines == [2, 3, 4])
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func everyLineEndIsUnderstood(_ end: String) throws {
    let table = try table(["x,y", "1,2", "3,4"].joined(separator: end))
    #expect(table["x"]?.numbers == [1, 3])
    #expect(table["y"]?.numbers == [2, 4])
  }

  @Test func aByteOrderMarkIsNotPartOfTheFirstName() throws {
    #expect(try table("\u{FEFF}x,y\n1,2\n").columnNames == ["x", "y"])
  }

  @Test func quotedCellsHoldSeparatorsQuotesAndLineEnds() throws {
    let table = try table("\"na\"\"me\",v\r\n\"a,\"\"b\"\"\",1\r\n\"two\r\nlines\",\"2\"\r\n\"\"\"\",3\n")
    #expect(table.columnNames == ["na\"me", "v"])
    #expect((0..<3).map { table.columns[0].label(row: $0) } == ["a,\"b\"", "two\r\nlines", "\""])
    #expect(table["v"]?.numbers == [1, 2, 3])
    #expect(table.lines == [2, 3, 5])
  }

  @Test(arguments: [",", ";", "\t", "|"] as [Character]) func theSeparatorIsFound(_ separator: Character) throws {
    let text = "a b, c;d|e\"\tf\"\n1|2|3\n"
    let lines = [["x", "\"y, ; |\"", "z"], ["1", "u,v;w", "3"], ["4", "n", "5"]]
    let joined = lines.map { $0.joined(separator: String(separator)) }.joined(separator: "\n")
    if separator == "\t" { #expect(try table(joined).columnNames == ["x", "y, ; |", "z"]) }
    let plain = [["x", "y"], ["1", "2"]].map { $0.joined(separator: String(separator)) }.joined(separator: "\n")
    #expect(try table(plain).columnNames == ["x", "y"])
    #expect(throws: DatasetError.self) { try table(text) }
  }

  @Test func aDecimalCommaDoesNotHideTheSemicolon() throws {
    #expect(try table("a;b\n1,5;2\n").columnNames == ["a", "b"])
    #expect(try table("a;b\n1,5;2\n")["a"]?.isCategorical == true)
  }

  @Test func aGivenSeparatorIsUsed() throws {
    #expect(try table("x:y\n1:2\n", separator: ":")["y"]?.numbers == [2])
    #expect(try table("x y\n1 2\n", separator: " ")["y"]?.numbers == [2])
    #expect(
      sentence { _ = try table("x5y\n1\n", separator: "5") }
        == "table: '5' cannot separate cells; give one ASCII character that is no letter, digit, point, sign, quote or "
        + "line end.")
  }

  @Test func blanksAroundCellsAndBlankLinesDoNotCount() throws {
    let table = try table("\n x , y \n\n 1 ,\t2 \n   \n \"3\" , red \n\n")
    #expect(table.columnNames == ["x", "y"])
    #expect(table["x"]?.numbers == [1, 3])
    #expect(table["y"]?.label(row: 1) == "red")
    #expect(table.lines == [4, 6])
  }

  @Test func aTextAfterManyNumbersMakesTheWholeColumnCategorical() throws {
    let rows = (0..<20_000).map { "\($0 % 7),\($0)" }
    let table = try table("x,y\n" + rows.joined(separator: "\n") + "\nlast,1\n")
    guard case .categories(let codes, let names)? = table["x"]?.cells else {
      Issue.record("column x holds categories")
      return
    }
    #expect(names == ["0", "1", "2", "3", "4", "5", "6", "last"])
    #expect(codes.prefix(9) == [0, 1, 2, 3, 4, 5, 6, 0, 1])
    #expect(codes.last == 7)
    #expect(table["y"]?.numbers?[12_345] == 12_345)
  }

  @Test func aColumnOfNumbersCanBeReadAsCategories() throws {
    let table = try table("x,y\n01,2\n1,3\n", categorical: ["x"])
    #expect(table["x"]?.label(row: 0) == "01")
    #expect(table["x"]?.label(row: 1) == "1")
  }

  @Test func aCellThatTheBufferCutsIsReadWhole() throws {
    let long = String(repeating: "long ", count: 200_000)
    let rows = (0..<30_000).map { "\($0).25,\"quoted \($0)\"" }
    let table = try table("x,y\n" + rows.joined(separator: "\r\n") + "\n1,\"\(long)\"\n2,end")
    #expect(table.rowCount == 30_002)
    #expect(table["x"]?.numbers?.prefix(30_000).enumerated().allSatisfy { Double($0) + 0.25 == $1 } == true)
    #expect((0..<30_000).allSatisfy { table["y"]?.label(row: $0) == "quoted \($0)" })
    #expect(table["y"]?.label(row: 30_000) == long)
    #expect(table["y"]?.label(row: 30_001) == "end")
  }

  @Test func decimalsAreReadToTheNearestDouble() throws {
    var generator = SplitMix(seed: 1)
    var cells = [
      "0", "-0", "0e999", "9007199254740993", "9007199254740993e-22", "1e23", "8.5e-324", "1.7976931348623157e308",
    ]
    cells += ["0.000000000000000000000000000000012345678901234567", "123456789012345678901234567890", "1e-27", "5e27"]
    cells += ["18446744073709551615", "9999999999999999999e27", "9999999999999999999e-27", "9007199254740992.5"]
    cells += (0..<100_000).map { _ in "\(Double(bitPattern: generator.next()))" }.filter {
      Double($0)?.isFinite == true
    }
    for _ in 0..<200_000 {
      let digits = String(String(generator.next()).prefix(Int.random(in: 1...20, using: &generator)))
      let point = Int.random(in: 0...digits.count, using: &generator)
      let exponent = Int.random(in: -40...40, using: &generator)
      cells.append("-\(digits.prefix(point)).\(digits.dropFirst(point))e\(exponent)")
      cells.append("\(digits)")
      cells.append("\(Double.random(in: -10...10, using: &generator))")
    }
    let numbers = try #require(try table("x\n" + cells.joined(separator: "\n"))["x"]?.numbers)
    #expect(numbers.count == cells.count)
    let wrong = zip(cells, numbers).filter { Double($0)?.bitPattern != $1.bitPattern }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  @Test func aCompressedTableIsInflatedOnTheWay() throws {
    let table = try Table(contentsOf: Fixture.path("idx/table.csv.gz"))
    #expect(table["y"]?.numbers == [2, 4])
    #expect(table["colour"]?.label(row: 1) == "blue")
  }

  @Test func namesThatCountTheColumnsAreNames() throws {
    #expect(try table("0,1,2\n5,6,7\n").columnNames == ["0", "1", "2"])
    #expect(try table("1,2\n5,6\n").columnNames == ["1", "2"])
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let texts = ["plain", "a,b", "say \"so\"", "two\nlines", " blank ", "σ²", "\r\n"]
    let text = CSVText.line(["name, quoted", "n"]) + texts.enumerated().map { CSVText.line([$1, "\($0)"]) }.joined()
    let table = try table(text)
    #expect(table.columnNames == ["name, quoted", "n"])
    #expect(texts.indices.map { table.columns[0].label(row: $0) } == texts)
  }
}
