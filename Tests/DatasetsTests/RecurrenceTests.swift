//  RecurrenceTests.swift — numbers that were written as texts, and names of rows, are not learnt as categories.

import Datasets
import Testing

private func column(_ cells: some Sequence<String>) throws -> Table {
  try Table(csv: Array(("y;x\n" + cells.enumerated().map { "\($1);\($0 % 11)\n" }.joined()).utf8), separator: ";")
}

private func refusal(ofTarget cells: some Sequence<String>, task: PredictionTask? = nil) -> String? {
  sentence { _ = try TabularEncoding(fitting: try column(cells), target: "y", task: task) }
}

private func refusal(ofFeature cells: some Sequence<String>) -> String? {
  sentence { _ = try TabularEncoding(fitting: try column(cells), target: "x", task: .regression) }
}

@Suite struct RecurrenceOfValues {
  @Test(arguments: [
    ("2,6", "a decimal comma", "write numbers with a point"),
    ("-12,5", "a decimal comma", "write numbers with a point"),
    ("1,523", "a separator of thousands", "write numbers without separators of thousands"),
    ("1.234.567", "a separator of thousands", "write numbers without separators of thousands"),
    ("12 345,60", "a separator of thousands", "write numbers without separators of thousands"),
    ("51%", "a percent sign", "write numbers without the percent sign"),
    ("5.1 %", "a percent sign", "write numbers without the percent sign"),
    ("2024-01-31", "the form of a date", "write a date as a number, as the days since another one"),
    ("31.1.2024", "the form of a date", "write a date as a number, as the days since another one"),
    ("1/31/24 10:30", "the form of a date", "write a date as a number, as the days since another one"),
  ])
  func aNumberInAnotherNotationIsNamedWithWhatToDo(cell: String, name: String, advice: String) {
    let cells = ["a", cell] + (0..<38).map { "text \($0 / 2)" }
    #expect(
      refusal(ofTarget: cells)
        == "table, line 3, column 'y': '\(cell)' has \(name), and the column's texts would be 21 classes of 40 rows; "
        + "\(advice), or insist with --task classification.")
    #expect(
      refusal(ofFeature: cells)
        == "table, line 3, column 'y': '\(cell)' has \(name), and the column would be read as 21 categories; \(advice), "
        + "or remove the column.")
  }

  @Test(arguments: ["a-b", "12 kg", "1,2,3", "10:30", "v1.2.3", "x5,5", "1-2"])
  func otherTextsWithDigitsAreOnlyTexts(cell: String) {
    #expect(refusal(ofFeature: ["a", cell] + (0..<38).map { "text \($0 / 3)" }) == nil)
  }

  @Test func decimalCommasInManyRowsAreRefusedEvenIfTheyRecur() {
    let cells = (0..<400).map { "\($0 % 40),5" }
    #expect(refusal(ofTarget: cells)?.contains("'0,5' has a decimal comma") == true)
    #expect(refusal(ofFeature: cells)?.contains("'0,5' has a decimal comma") == true)
    #expect(refusal(ofTarget: cells, task: .classification) == nil)
    let few = (0..<400).map { "\($0 % 10),5" }
    #expect(refusal(ofTarget: few) == nil && refusal(ofFeature: few) == nil)
  }

  @Test func aSlipAmongNumbersIsNamed() {
    let cells = (0..<50).map { $0 == 30 ? "3O.5" : "\($0).5" }
    #expect(
      refusal(ofFeature: cells)
        == "table, line 32, column 'y': '3O.5' is not a number, and the column would be read as 50 categories; correct the "
        + "cell, or remove the column.")
    #expect(
      refusal(ofTarget: cells)
        == "table, line 32, column 'y': '3O.5' is not a number, and the column's texts would be 50 classes of 50 rows; "
        + "correct the cells that should be numbers, or insist with --task classification.")
  }

  @Test func classesAreInferredOnlyFromTextsThatRecur() {
    #expect(refusal(ofTarget: ["a", "b", "c"].flatMap { repeatElement($0, count: 5) }) == nil)
    let rare = ["a", "b", "c"].flatMap { repeatElement($0, count: 4) }
    #expect(refusal(ofTarget: rare)?.contains("line 2, column 'y': 'a' is not a number") == true)
    #expect(refusal(ofTarget: rare, task: .classification) == nil)
  }

  @Test func numbersThatNearlyAllDifferAreNoClassesWhoeverSaysSo() {
    #expect(
      refusal(ofTarget: (0..<40).map { "\(Double($0) + 0.25)" }, task: .classification)
        == "table, column 'y': 40 of 40 rows have a class of their own; choose --task regression, or name another target."
    )
    #expect(refusal(ofTarget: (0..<40).map { "\($0 % 20)" }, task: .classification) == nil)
  }

  @Test func namesOfRowsAreNoFeature() {
    #expect(
      refusal(ofFeature: (0..<30).map { "customer \($0)" })
        == "table, column 'y': 30 of 30 rows have a text of their own, as 'customer 0'; remove the column: what occurs once "
        + "tells nothing of other rows.")
    #expect(refusal(ofFeature: (0..<30).map { "customer \($0 / 2)" }) == nil)
    #expect(refusal(ofFeature: (0..<20).map { "customer \($0)" }) == nil)
  }
}
