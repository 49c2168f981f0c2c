//  CSVErrorTests.swift — CSV texts that are refused, each with one sentence.

import Datasets
import Foundation
import Testing

private func refusal(_ text: String) -> String? { refusal(Array(text.utf8)) }

private func refusal(_ bytes: [UInt8]) -> String? { sentence { _ = try Table(csv: bytes, name: "t.csv") } }

@Suite struct CSVRefusals {
  @Test func raggedRowsNameTheLineAndBothCounts() {
    let advice = "give every row as many cells as the header."
    #expect(refusal("x,y\n1,2\n3\n") == "t.csv, line 3: the row has 1 cell and the header 2; \(advice)")
    #expect(refusal("x,y\n1,2,3,red\n") == "t.csv, line 2: the row has 4 cells and the header 2; \(advice)")
    #expect(refusal("x,y\n1,2,\n") == "t.csv, line 2: the row has 3 cells and the header 2; \(advice)")
    #expect(refusal("x\n\"two\nlines\"\n1,2") == "t.csv, line 4: the row has 2 cells and the header 1; \(advice)")
  }

  @Test func numbersThatAreNotFiniteNameTheLineAndColumn() {
    for cell in ["inf", "-Infinity", "+INF", "-nan", "1e999"] {
      #expect(
        refusal("x,y\n1,2\n3,\(cell)\n5,6\n")
          == "t.csv, line 3, column 'y': '\(cell)' is not a finite number; correct the cell or remove the row.")
    }
    #expect(refusal("x\ninf\nred\n") == nil)
  }

  @Test func aFileWithoutRowsIsRefused() {
    #expect(refusal("") == "t.csv: the file is empty; give a CSV file with a header line and rows.")
    #expect(refusal("\n \n") == "t.csv: the file is empty; give a CSV file with a header line and rows.")
    #expect(refusal("x,y\n") == "t.csv: there is a header line and no row; give a file with rows.")
    #expect(refusal("x,y") == "t.csv: there is a header line and no row; give a file with rows.")
  }

  @Test func namesMustBeThereAndDiffer() {
    #expect(
      refusal("x,y,x\n1,2,3\n")
        == "t.csv, line 1, column 'x': columns 1 and 3 have the same name; rename one of them.")
    #expect(
      refusal("x,,y\n1,2,3\n") == "t.csv, line 1: column 2 has no name; name every column in the first line.")
    #expect(
      refusal("5.1,3.5,0\n4.9,3.0,1\n")
        == "t.csv, line 1: the first line holds only numbers, so the columns have no names; put a line with the names of "
        + "the columns first.")
  }

  @Test func quotesMustCloseAtTheEndOfTheCell() {
    #expect(
      refusal("x,y\n1,2\n\"3,4\n5,6\n") == "t.csv, line 3: a quote is opened and never closed; close it.")
    #expect(
      refusal("x,y\n\"1\"2,3\n")
        == "t.csv, line 2: text follows a closing quote; write a quote inside a quoted cell twice.")
  }

  @Test func otherEncodingsAndBinaryFilesAreRefused() {
    #expect(
      refusal(Array("x,y\n1,2\n3,".utf8) + [0xFF, 0xFE] + Array("\n".utf8))
        == "t.csv, line 3, column 'y': a cell is not valid UTF-8; save the file in UTF-8.")
    #expect(refusal(Array("x,y\n1,a".utf8) + [0] + Array("b\n".utf8))?.contains("control byte 0") == true)
    var generator = SplitMix(seed: 7)
    for size in [1, 10, 1000, 100_000] {
      let junk = (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      #expect(refusal([0x80] + junk)?.hasPrefix("t.csv, line 1") == true)
    }
  }

  @Test func aMillionColumnsAreRefused() {
    let header = (0..<1_000_000).map { "c\($0)" }.joined(separator: ",")
    #expect(
      refusal(header + "\n1\n")
        == "t.csv, line 1: there are more than 65536 columns; check the separator, or use fewer columns.")
  }

  @Test func aHugeCellIsRefused() {
    let refusal = refusal("x\n\"" + String(repeating: "a\n", count: 20_000_000))
    #expect(refusal?.hasPrefix("t.csv, line 2: a cell is longer than") == true, "\(refusal ?? "")")
  }

  @Test func manyColumnsAreRead() throws {
    let names = (0..<20_000).map { "c\($0)" }.joined(separator: ",")
    let row = (0..<20_000).map(String.init).joined(separator: ",")
    let table = try Table(csv: Array("\(names)\n\(row)\n\(row)\n".utf8))
    #expect(table["c19999"]?.numbers == [19_999, 19_999])
  }

  @Test func filesThatCannotBeReadAreNamed() throws {
    #expect(sentence { _ = try Table(contentsOf: "/no/such/file.csv") }?.hasPrefix("/no/such/file.csv: ") == true)
    try withTemporaryFolder { folder in
      #expect(sentence { _ = try Table(contentsOf: folder) } == "\(folder): this is a folder; name a file.")
    }
  }

  @Test func longAndStrangeTextsAreShortenedInSentences() {
    let name = String(repeating: "a", count: 100) + "\u{1B}[31m"
    let error = DatasetError(file: "f", column: name, problem: "p")
    #expect(error.description == "f, column '\(String(repeating: "a", count: 40))…': p.")
    #expect(DatasetError(file: "f", column: "\u{1B}[31m", problem: "p").description == "f, column '\u{FFFD}[31m': p.")
  }
}
