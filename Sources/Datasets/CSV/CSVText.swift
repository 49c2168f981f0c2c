//  CSVText.swift — cells and lines as RFC 4180 writes them.

/// Writes CSV.
public enum CSVText {
  /// A cell: in quotes if it holds a separator, a quote, a line end, or a blank at one of its ends.
  public static func cell(_ text: String, separator: Character = ",") -> String {
    let needsQuotes =
      text.contains { $0 == separator || $0 == "\"" || $0.isNewline } || text.first?.isWhitespace == true
      || text.last?.isWhitespace == true
    if !needsQuotes { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// A line with its line feed.
  public static func line(_ cells: some Sequence<String>, separator: Character = ",") -> String {
    cells.map { cell($0, separator: separator) }.joined(separator: String(separator)) + "\n"
  }
}
