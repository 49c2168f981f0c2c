//  MethodOptions.swift — the options of a method, all of them there and each possible.

/// Options after validation. Asking for a key that the method does not declare, or for a value of another kind, is an error of
/// the program.
public struct MethodOptions: Hashable, Sendable {
  private let values: [String: OptionValue]
  /// What stands for no names, by key.
  private let wordsForNone: [String: String]

  init(_ values: [String: OptionValue], declared: [MethodOption] = []) {
    self.values = values
    var words: [String: String] = [:]
    for option in declared { if case .names(let none) = option.kind { words[option.key] = none } }
    wordsForNone = words
  }

  /// Precondition: the method declares a whole number of that key.
  public func integer(_ key: String) -> Int {
    guard case .integer(let value) = values[key] else { preconditionFailure("no option \(key) that is a whole number") }
    return value
  }

  /// Precondition: the method declares a number of that key.
  public func number(_ key: String) -> Double {
    guard case .number(let value) = values[key] else { preconditionFailure("no option \(key) that is a number") }
    return value
  }

  /// `nil` where the method is to choose. Precondition: the method declares a whole number of that key.
  public func chosenInteger(_ key: String) -> Int? { values[key] == MethodOption.auto ? nil : integer(key) }

  /// `nil` where the method is to choose. Precondition: the method declares a number of that key.
  public func chosenNumber(_ key: String) -> Double? { values[key] == MethodOption.auto ? nil : number(key) }

  /// Precondition: the method declares a choice of that key.
  public func choice(_ key: String) -> String {
    guard case .choice(let value) = values[key] else { preconditionFailure("no option \(key) that is a choice") }
    return value
  }

  /// Precondition: the method declares a choice of that key among the cases of this enumeration.
  public func choice<Choice: RawRepresentable<String>>(_ key: String, as type: Choice.Type = Choice.self) -> Choice {
    guard let choice = Choice(rawValue: choice(key)) else { preconditionFailure("\(key) is no case of \(type)") }
    return choice
  }

  /// Precondition: the method declares a flag of that key.
  public func flag(_ key: String) -> Bool {
    guard case .flag(let value) = values[key] else { preconditionFailure("no option \(key) that is yes or no") }
    return value
  }

  /// None where the option's word for it was given. Precondition: the method declares names of that key.
  public func names(_ key: String) -> [String] {
    let (text, none) = (choice(key), wordsForNone[key])
    return text == none ? [] : MethodOption.names(in: text)
  }

  subscript(key: String) -> OptionValue? { values[key] }
}
