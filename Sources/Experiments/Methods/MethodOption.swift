//  MethodOption.swift — what an option of a method may be, and reading it from a text.

/// An option of a method: its key, its values, its default.
public struct MethodOption: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case choice([String])
    case flag
    /// Names separated by commas, or one word that stands for none.
    case names(none: String)
  }

  public let key: String
  public let kind: Kind
  public let standard: OptionValue
  /// One line for people.
  public let summary: String
  /// Whether the word `auto` may stand in place of a number, which leaves it to the method.
  public let allowsAuto: Bool
  /// Conditions on other options: see `only(with:)`.
  var uses: [[OptionCondition]] = []

  /// What leaves a number to the method.
  static let auto = OptionValue.choice("auto")

  /// Precondition: the default is a value of the kind.
  private init(
    _ key: String, _ kind: Kind, default standard: OptionValue, _ summary: String, allowsAuto: Bool = false
  ) {
    self.key = key
    self.kind = kind
    self.standard = standard
    self.summary = summary
    self.allowsAuto = allowsAuto
    precondition(value(standard) == standard, "the default \(standard) of the option \(key) is not \(values)")
  }

  /// A whole number.
  public static func integer(
    _ key: String, in range: ClosedRange<Int>, default standard: Int, _ summary: String
  ) -> MethodOption {
    MethodOption(key, .integer(range), default: .integer(standard), summary)
  }

  /// A number.
  public static func number(
    _ key: String, in range: ClosedRange<Double>, default standard: Double, _ summary: String
  ) -> MethodOption {
    MethodOption(key, .number(range), default: .number(standard), summary)
  }

  /// A whole number that the method chooses where nobody does.
  static func automaticInteger(_ key: String, in range: ClosedRange<Int>, _ summary: String) -> MethodOption {
    MethodOption(key, .integer(range), default: auto, summary, allowsAuto: true)
  }

  /// A number that the method chooses where nobody does.
  static func automaticNumber(_ key: String, in range: ClosedRange<Double>, _ summary: String) -> MethodOption {
    MethodOption(key, .number(range), default: auto, summary, allowsAuto: true)
  }

  /// One of some words.
  public static func choice(
    _ key: String, of words: [String], default standard: String, _ summary: String
  ) -> MethodOption {
    MethodOption(key, .choice(words), default: .choice(standard), summary)
  }

  /// One of the cases of an enumeration with texts.
  public static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, default standard: Choice, _ summary: String
  ) -> MethodOption {
    choice(key, of: Choice.allCases.map(\.rawValue), default: standard.rawValue, summary)
  }

  /// Yes or no.
  public static func flag(_ key: String, default standard: Bool, _ summary: String) -> MethodOption {
    MethodOption(key, .flag, default: .flag(standard), summary)
  }

  /// Names separated by commas; by default the word `none`, which stands for no names.
  public static func names(_ key: String, _ summary: String, none: String) -> MethodOption {
    MethodOption(key, .names(none: none), default: .choice(none), summary)
  }

  /// What is possible, as a part of a sentence.
  public var values: String {
    (allowsAuto ? "auto, or " : "") + ownValues
  }

  private var ownValues: String {
    switch kind {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    case .choice(let words): words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
    case .flag: "yes or no"
    case .names(let none): "\(none), or names separated by commas"
    }
  }

  /// The value of the option's own kind that is meant; `nil` when it is not possible.
  public func value(_ value: OptionValue) -> OptionValue? {
    switch (kind, value) {
    case (.integer, Self.auto) where allowsAuto, (.number, Self.auto) where allowsAuto: value
    case (.integer(let range), .integer(let number)): range.contains(number) ? value : nil
    case (.number(let range), .number(let number)): range.contains(number) ? value : nil
    case (.number, .integer(let number)): self.value(.number(Double(number)))
    case (.choice(let words), .choice(let word)):
      // Earlier versions joined words by capitals; their files name them so.
      [word, Self.hyphenated(word)].first(where: words.contains).map { .choice($0) }
    case (.flag, .flag): value
    case (.names, .choice(let text)): Self.names(in: text).contains("") ? nil : value
    default: nil
    }
  }

  /// The value that a text means; `nil` when it means none that is possible.
  public func value(parsing text: String) -> OptionValue? {
    if allowsAuto, OptionValue.choice(text) == Self.auto { return Self.auto }
    return switch kind {
    case .integer: Int(text).flatMap { value(.integer($0)) }
    case .number: Double(text).flatMap { value(.number($0)) }
    case .choice, .names: value(.choice(text))
    case .flag: ["yes": true, "true": true, "no": false, "false": false][text].map { .flag($0) }
    }
  }

  /// "lowRank" as "low-rank".
  private static func hyphenated(_ word: String) -> String {
    word.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }

  static func names(in text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// 0.5, 100, 1e-08.
  static func text(_ number: Double) -> String {
    Int(exactly: number).map { abs($0) < 1_000_000_000 ? "\($0)" : "\(number)" } ?? "\(number)"
  }
}
