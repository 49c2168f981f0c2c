//  Separator.swift — which character stands between the cells.

/// The character between cells, given or found.
enum Separator {
  /// The characters that are looked for, in order of preference.
  static let candidates: [UInt8] = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }

  /// The byte for a separator that a caller gives.
  ///
  /// Throws: `DatasetError` if it is not one ASCII character, or is one that belongs to cells or to lines.
  static func byte(_ character: Character, file: String) throws(DatasetError) -> UInt8 {
    let belongsToCells = character.isLetter || character.isNumber || ".+-\"".contains(character)
    if let byte = character.asciiValue, byte != 0, !belongsToCells, !character.isNewline { return byte }
    throw DatasetError(
      file: file, problem: "\(DatasetError.excerpt(of: String(character))) cannot separate cells",
      advice: "give one ASCII character that is no letter, digit, point, sign, quote or line end")
  }

  /// The separator of a text, from its first bytes: the candidate that gives the most cells in the header among those
  /// that give every line as many; if there is none, the one that the header holds most often; else the comma.
  static func detected(in start: ArraySlice<UInt8>) -> UInt8 {
    let lines = counts(in: start)
    guard let header = lines.first else { return candidates[0] }
    let present = candidates.indices.filter { header[$0] > 0 }
    let steady = present.filter { candidate in lines.allSatisfy { $0[candidate] == header[candidate] } }
    let best = (steady.isEmpty ? present : steady).max { ($0 == $1 ? false : header[$0] < header[$1]) }
    return candidates[best ?? 0]
  }

  /// How often each candidate stands outside quotes, for each of the first lines that are whole and not empty.
  private static func counts(in start: ArraySlice<UInt8>) -> [[Int]] {
    var lines: [[Int]] = []
    var counts = [Int](repeating: 0, count: candidates.count)
    var isQuoted = false
    var isEmpty = true
    for byte in start {
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
        isEmpty = false
      } else if !isQuoted && (byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")) {
        if !isEmpty { lines.append(counts) }
        if lines.count == 20 { return lines }
        counts = [Int](repeating: 0, count: candidates.count)
        isEmpty = true
      } else if !isQuoted {
        isEmpty = false
        if let candidate = candidates.firstIndex(of: byte) { counts[candidate] += 1 }
      }
    }
    return lines.isEmpty && !isEmpty ? [counts] : lines
  }
}
