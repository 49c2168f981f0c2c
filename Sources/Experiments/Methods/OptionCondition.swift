//  OptionCondition.swift — for which values of another option an option is used.

/// Another option of the same method, and what it must be.
public struct OptionCondition: Hashable, Sendable {
  let key: String
  private let values: [OptionValue]
  /// Whether the values are those that it must not be.
  private let isExclusion: Bool

  /// One of the cases of a choice.
  static func option<Choice: RawRepresentable<String>>(_ key: String, _ values: Choice...) -> OptionCondition {
    OptionCondition(key: key, values: values.map { .choice($0.rawValue) }, isExclusion: false)
  }

  /// Anything but this.
  static func option(_ key: String, isNot value: OptionValue) -> OptionCondition {
    OptionCondition(key: key, values: [value], isExclusion: true)
  }

  /// Precondition: the method declares an option of that key.
  func holds(_ options: MethodOptions) -> Bool {
    guard let value = options[key] else { preconditionFailure("no option \(key)") }
    return values.contains(value) != isExclusion
  }

  /// "structure is low-rank or functional".
  var text: String {
    "\(key) is \(isExclusion ? "not " : "")" + values.map(\.description).joined(separator: " or ")
  }
}

extension MethodOption {
  /// The same option, used only where all of some conditions hold; called again, it is used where those of any call do.
  func only(with conditions: OptionCondition...) -> MethodOption {
    var option = self
    option.uses.append(conditions)
    return option
  }

  /// Whether the values of the other options leave a use for it.
  func isUsed(_ options: MethodOptions) -> Bool {
    uses.isEmpty || uses.contains { conditions in conditions.allSatisfy { $0.holds(options) } }
  }

  /// "structure is subnetwork and choice is slices"; `nil` for an option that is always used.
  public var use: String? {
    uses.isEmpty
      ? nil : uses.map { $0.map(\.text).joined(separator: " and ") }.joined(separator: ", or where ")
  }

  /// The keys of the options that it depends on, each once.
  var dependencies: [String] {
    uses.joined().map(\.key).reduce(into: []) { keys, key in if !keys.contains(key) { keys.append(key) } }
  }
}
