//  ValueFault.swift — a value that an option does not take: what it takes, and what was meant perhaps.
//
//  The parser says "The value 'V' is invalid for '--option <kind>'", and behind it nothing, the sentence of an option's own check, or
//  the words that are possible, in a line or as a list.

import Credence

struct ValueFault {
  /// Without a full stop.
  let text: String

  /// What the option takes, by the word for its value in the help.
  private static let kinds = [
    "n": "a whole number that is not negative", "x": "a number", "p": "a number between 0 and 1",
    "seconds": "a number of seconds", "c": "one character, or 'tab'",
    "key=value": "an option and its value, as members=10",
    "method.key=value": "an option of a method and its value, as ensemble.members=10",
  ]

  /// `nil` where the parser says something else.
  ///
  /// - Parameters:
  ///   - said: The parser's sentences, in one line.
  ///   - items: The list behind it.
  init?(_ said: String, _ items: [String]) {
    guard said.hasPrefix("The value '"), let middle = said.firstRange(of: "' is invalid for '"),
      let end = said[middle.upperBound...].firstIndex(of: "'")
    else { return nil }
    let value = String(said[..<middle.lowerBound].dropFirst("The value '".count))
    let option = said[middle.upperBound..<end]
    let more = said[end...].dropFirst()
    if more.hasPrefix(": ") {
      // The option's own check names the option and the value.
      text = String(more.dropFirst(2).reversed().drop { $0 == "." }.reversed())
      return
    }
    let words = items.isEmpty ? Self.quoted(in: more) : items
    let name = option.split(separator: " ").first ?? option
    let kind = option.firstIndex(of: "<").map { option[$0...].dropFirst().dropLast() }.map(String.init)
    if !words.isEmpty {
      text =
        "\(name) is one of \(words.joined(separator: ", ")), not '\(value)'"
        + NearestName.question(value, among: words)
    } else if let wanted = kind.flatMap({ Self.kinds[$0] }) {
      text = "\(name) is \(wanted), not '\(value)'"
    } else {
      text = "the value '\(value)' is invalid for '\(option)'"
    }
  }

  /// The words between quotation marks.
  private static func quoted(in text: some StringProtocol) -> [String] {
    let parts = text.split(separator: "'", omittingEmptySubsequences: false)
    return stride(from: 1, to: parts.count - 1, by: 2).map { String(parts[$0]) }
  }
}
