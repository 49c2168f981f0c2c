//  DatasetError.swift — what is wrong with a file or a table, where, and what to do about it.

/// A fault in data from outside: a file that cannot be read, a cell that is no number, a column that is not there.
///
/// `description` is one sentence, for people: the place, the problem, the advice.
public struct DatasetError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file, as the caller named it.
  public let file: String

  /// The line, counted from 1; `nil` where the format has no lines.
  public let line: Int?

  /// The name of the column.
  public let column: String?

  /// What is wrong.
  public let problem: String

  /// What to do about it.
  public let advice: String?

  public init(file: String, line: Int? = nil, column: String? = nil, problem: String, advice: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
    self.advice = advice
  }

  public var description: String {
    var place = file
    if let line { place += ", line \(line)" }
    if let column { place += ", column \(Self.excerpt(of: column))" }
    return "\(place): \(problem)" + (advice.map { "; \($0)." } ?? ".")
  }

  /// A text from outside as it may stand in a sentence: quoted, at most 40 characters, without control characters.
  package static func excerpt(of text: String) -> String {
    let scalars = text.unicodeScalars.prefix(41).map { scalar -> String in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return "'" + scalars.prefix(40).joined() + (scalars.count > 40 ? "…" : "") + "'"
  }

  /// Up to three names in a row, and how many more there are.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map(excerpt).joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }
}
