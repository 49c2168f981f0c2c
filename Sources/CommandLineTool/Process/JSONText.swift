//  JSONText.swift — values as JSON for other programs.

import Foundation

enum JSONText {
  /// One object, keys sorted, with a line feed. JSON has no word for numbers that are not finite: they are the texts "NaN",
  /// "Infinity" and "-Infinity".
  static func object(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}
