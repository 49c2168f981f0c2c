//  MissingCells.swift — what becomes of a cell without a value.

/// What becomes of missing cells: those that are empty or hold `NA`, `N/A`, `NaN`, `nan`, `null`, `NULL` or `?`.
public enum MissingCells: String, Codable, Sendable, CaseIterable {
  /// They are an error that names the line and the column.
  case error

  /// They are filled: a number with the mean of its column, a category with the most frequent one of its column (the
  /// first in sorted order if several are), both over the training rows. A `Table` keeps the gap; `TabularEncoding`
  /// fills it.
  case mean

  /// Rows that have one are left out.
  case drop
}

/// Texts that mean "no value" and texts that mean a number that is not finite.
enum CellMarker {
  private static let missing: Set<String> = ["", "NA", "N/A", "NaN", "nan", "NAN", "null", "NULL", "Null", "?"]
  private static let notFinite: Set<String> = ["inf", "infinity", "nan"]

  static func isMissing(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if text.isEmpty { return true }
    return text.count <= 4 && missing.contains(String(decoding: text, as: UTF8.self))
  }

  /// Whether the text is an infinity or a signed NaN, in any case.
  static func isNotFinite(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count >= 3 && text.count <= 9 else { return false }
    let word = String(decoding: text, as: UTF8.self).lowercased()
    return notFinite.contains(word.first == "+" || word.first == "-" ? String(word.dropFirst()) : word)
  }

  /// The infinity or NaN that the text is; `nil` for any other.
  static func infinity(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    isNotFinite(text) ? Double(String(decoding: text, as: UTF8.self).lowercased()) : nil
  }
}
