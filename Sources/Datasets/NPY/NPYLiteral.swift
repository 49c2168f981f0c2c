//  NPYLiteral.swift — the little of Python's syntax that NPY headers use.

/// A literal of Python: a dictionary with texts as keys, a text, a truth value, or a tuple of integers. Anything else,
/// such as the list of a structured array, is `other` as long as its brackets match.
enum NPYLiteral: Equatable {
  case dictionary([String: NPYLiteral])
  case string(String)
  case bool(Bool)
  case tuple([Int])
  case other

  /// The literal that the whole text is, blanks around it aside. `nil`: it is none, or a key stands twice.
  static func parsed(_ text: ArraySlice<UInt8>) -> NPYLiteral? {
    var parser = NPYLiteralParser(rest: text)
    guard let literal = parser.dictionary() else { return nil }
    parser.skipBlanks()
    return parser.rest.isEmpty ? literal : nil
  }
}

private struct NPYLiteralParser {
  var rest: ArraySlice<UInt8>

  mutating func skipBlanks() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
  }

  /// Takes the character if it is the next.
  mutating func takes(_ character: UnicodeScalar) -> Bool {
    skipBlanks()
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func dictionary() -> NPYLiteral? {
    guard takes("{") else { return nil }
    var entries: [String: NPYLiteral] = [:]
    while !takes("}") {
      guard let key = string(), takes(":"), let value = value(), entries.updateValue(value, forKey: key) == nil else {
        return nil
      }
      guard takes(",") else { return takes("}") ? .dictionary(entries) : nil }
    }
    return .dictionary(entries)
  }

  mutating func value() -> NPYLiteral? {
    skipBlanks()
    switch rest.first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map(NPYLiteral.string)
    case UInt8(ascii: "("): return tuple()
    case UInt8(ascii: "["): return brackets() ? .other : nil
    default:
      let word = String(decoding: rest.prefix { $0 >= 0x41 && $0 <= 0x7A }, as: UTF8.self)
      guard word == "True" || word == "False" else { return nil }
      rest.removeFirst(word.utf8.count)
      return .bool(word == "True")
    }
  }

  /// A text without escapes: no name of a kind or of a key has any.
  mutating func string() -> String? {
    skipBlanks()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: quote) else { return nil }
    let text = rest[..<end]
    guard !text.contains(UInt8(ascii: "\\")) else { return nil }
    rest = rest[(end + 1)...]
    return String(validating: text, as: UTF8.self)
  }

  mutating func tuple() -> NPYLiteral? {
    guard takes("(") else { return nil }
    var numbers: [Int] = []
    while !takes(")") {
      guard let number = integer() else { return nil }
      numbers.append(number)
      guard takes(",") else { return takes(")") && numbers.count > 1 ? .tuple(numbers) : nil }
    }
    return .tuple(numbers)
  }

  /// An integer; Python 2 wrote an `L` behind some.
  mutating func integer() -> Int? {
    skipBlanks()
    let digits = rest.prefix { $0 == UInt8(ascii: "-") || $0 >= 0x30 && $0 <= 0x39 }
    guard digits.count <= 20, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
    rest = rest[digits.endIndex...]
    if rest.first == UInt8(ascii: "L") { rest.removeFirst() }
    return number
  }

  /// Skips a list with whatever is in it, up to the bracket that matches.
  mutating func brackets() -> Bool {
    var depth = 0
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]") { depth -= 1 }
      if depth == 0 { return true }
    }
    return false
  }
}
