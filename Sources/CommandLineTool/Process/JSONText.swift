//  JSONText.swift — values as JSON for other programs.

import Foundation

enum JSONText {
  /// What stands for a number that is not finite until the text is written. No result holds such a text.
  private static let notFinite = "credence: not a finite number"

  /// One object, keys sorted, with a line feed. JSON has no word for numbers that are not finite: they are null.
  static func object(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: notFinite, negativeInfinity: notFinite, nan: notFinite)
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    return text.replacingOccurrences(of: "\"\(notFinite)\"", with: "null") + "\n"
  }
}
