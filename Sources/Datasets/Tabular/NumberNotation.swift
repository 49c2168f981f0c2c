//  NumberNotation.swift — texts that a person reads as numbers, and this library does not.
//
//  A file from an office program has 2,6 or 1,523 or 51% in its cells. Read as categories they would be learnt without a
//  word, each value a stranger to the next; so they are recognised where a column is judged.

/// How a text that is no plain number writes one.
enum NumberNotation: Equatable {
  case decimalComma, thousandsSeparator, percent, date

  /// `nil` for a plain number and for any other text.
  init?(_ text: String) {
    let parts = Self.parts(of: text)
    let separators = parts.separators
    switch (parts.lengths.count, separators) {
    case (1..., _) where parts.ending == "%" && separators.count <= 1: self = .percent
    case (3..., _) where Self.isDate(parts): self = .date
    case (1..., _) where !parts.ending.isEmpty: return nil
    case (2, [","]) where parts.lengths[1] != 3 || parts.lengths[0] > 3: self = .decimalComma
    case (2..., _) where Self.groupsThousands(parts): self = .thousandsSeparator
    default: return nil
    }
  }

  /// What the text has, for a sentence.
  var name: String {
    switch self {
    case .decimalComma: "a decimal comma"
    case .thousandsSeparator: "a separator of thousands"
    case .percent: "a percent sign"
    case .date: "the form of a date"
    }
  }

  var advice: String {
    switch self {
    case .decimalComma: "write numbers with a point"
    case .thousandsSeparator: "write numbers without separators of thousands"
    case .percent: "write numbers without the percent sign"
    case .date: "write a date as a number, as the days since another one"
    }
  }

  private struct Parts {
    var isSigned = false
    /// Of the runs of digits.
    var lengths: [Int] = []
    /// Between the runs, one character each.
    var separators: [Character] = []
    /// Behind the last run.
    var ending = ""
  }

  /// Digits with single characters between them; no lengths at all if the text is anything else.
  private static func parts(of text: String) -> Parts {
    var parts = Parts()
    var rest = text[...]
    if let sign = rest.first, "+-−".contains(sign) {
      parts.isSigned = true
      rest.removeFirst()
    }
    while true {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      if digits.isEmpty { return Parts() }
      parts.lengths.append(digits.count)
      rest.removeFirst(digits.count)
      guard let separator = rest.first, let after = rest.dropFirst().first, after.isASCII && after.isNumber else {
        break
      }
      parts.separators.append(separator)
      rest.removeFirst()
    }
    parts.ending = rest.filter { !$0.isWhitespace }
    return parts
  }

  /// 2024-01-31 and 31.1.24 and 1/31/2024, with a time behind it or not.
  private static func isDate(_ parts: Parts) -> Bool {
    let separators = parts.separators.prefix(2)
    return !parts.isSigned && separators.allSatisfy { $0 == separators.first && "-/.".contains($0) }
      && parts.lengths.prefix(3).allSatisfy { $0 <= 2 || $0 == 4 }
  }

  /// 1,523 and 1.234.567 and 12 345,6: groups of three after at most three, with a fraction behind another separator.
  private static func groupsThousands(_ parts: Parts) -> Bool {
    guard let separator = parts.separators.first, ",.'’ \u{A0}\u{202F}".contains(separator), parts.lengths[0] <= 3
    else {
      return false
    }
    let hasFraction = parts.separators.count > 1 && parts.separators.last != separator
    let groups = parts.lengths.dropFirst().dropLast(hasFraction ? 1 : 0)
    let between = parts.separators.dropLast(hasFraction ? 1 : 0)
    return between.allSatisfy { $0 == separator } && groups.allSatisfy { $0 == 3 }
      && (!hasFraction || parts.separators.last == "," || parts.separators.last == ".")
  }
}
