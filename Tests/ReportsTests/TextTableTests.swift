import Reports
import Testing

@Suite struct TextTableTests {
  private var table: TextTable {
    var table = TextTable(columns: [.init("method", .left), .init("NLL"), .init("a|b")])
    table.append(["deep ensemble", "−1.25", "0.5"])
    table.append(["MAP", "12.75", "|"])
    table.append(["two\nlines", "", "x"])
    return table
  }

  @Test func columnsAreAlignedForATerminal() {
    #expect(
      table.text == """
        method           NLL  a|b
        ─────────────  ─────  ───
        deep ensemble  −1.25  0.5
        MAP            12.75    |
        two lines               x

        """)
  }

  @Test func markdownHoldsTheSameCells() {
    #expect(
      table.markdown == """
        | method        |   NLL | a\\|b |
        | ------------- | ----: | ---: |
        | deep ensemble | −1.25 |  0.5 |
        | MAP           | 12.75 |   \\| |
        | two lines     |       |    x |

        """)
  }

  @Test func linesEndWithoutSpaces() {
    var table = TextTable(columns: [.init("a", .left), .init("b", .left)])
    table.append(["x", ""])
    #expect(table.text.split(separator: "\n").allSatisfy { $0.last != " " })
  }

  @Test func aRowOfAnotherLengthTraps() async {
    await #expect(processExitsWith: .failure) {
      var table = TextTable(columns: [.init("a")])
      table.append(["x", "y"])
    }
  }
}
