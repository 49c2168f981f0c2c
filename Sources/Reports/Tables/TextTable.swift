//  TextTable.swift — rows and columns, aligned for a terminal or written as Markdown.

/// A table of texts.
public struct TextTable: Hashable, Sendable {
  public enum Alignment: Hashable, Sendable { case left, right }

  public struct Column: Hashable, Sendable {
    public let title: String
    public let alignment: Alignment

    public init(_ title: String, _ alignment: Alignment = .right) {
      self.title = title
      self.alignment = alignment
    }
  }

  public let columns: [Column]
  public private(set) var rows: [[String]] = []

  public init(columns: [Column]) { self.columns = columns }

  /// Adds a row below. Precondition: a cell for each column.
  public mutating func append(_ row: [String]) {
    precondition(row.count == columns.count, "a row of \(row.count) cells in a table of \(columns.count) columns")
    rows.append(row)
  }

  /// For terminals: a rule below the titles, two spaces between columns, no space at the end of a line.
  public var text: String {
    let cells = self.cells { $0 }
    let widths = widths(of: cells)
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    var lines = cells.map { row in
      let line = aligned(row, widths).joined(separator: "  ")
      return String(line.reversed().drop(while: { $0 == " " }).reversed())
    }
    lines.insert(rule, at: 1)
    return lines.joined(separator: "\n") + "\n"
  }

  /// As a table of GitHub's Markdown.
  public var markdown: String {
    let cells = self.cells { $0.map { $0 == "|" ? "\\|" : String($0) }.joined() }
    // A rule has at least three characters.
    let widths = widths(of: cells).map { max($0, 3) }
    let rule = zip(columns, widths).map { column, width in
      column.alignment == .left ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
    }
    var lines = cells.map { aligned($0, widths) }
    lines.insert(rule, at: 1)
    return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  /// Titles and rows, each cell on a single line.
  private func cells(_ escaped: (String) -> String) -> [[String]] {
    ([columns.map(\.title)] + rows).map { row in
      row.map { escaped(String($0.map { $0.isNewline ? " " : $0 })) }
    }
  }

  private func widths(of cells: [[String]]) -> [Int] {
    columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
  }

  private func aligned(_ row: [String], _ widths: [Int]) -> [String] {
    zip(columns, zip(row, widths)).map { column, cell in
      let space = String(repeating: " ", count: cell.1 - cell.0.count)
      return column.alignment == .left ? cell.0 + space : space + cell.0
    }
  }
}
