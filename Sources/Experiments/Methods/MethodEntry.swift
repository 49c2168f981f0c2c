//  MethodEntry.swift — a method as the command line knows it: a name, a line, options, and how a fit is made of them.
//
//  To add a method: a file beside this one with a `static let` of this type, and its line in `MethodCatalogue.all`.

import Training

/// What moves the parameters of a fit.
public struct ParameterMover: Hashable, Sendable {
  /// For people: "IVON".
  public let name: String
  /// Whether the learning rates of the training settings are its rates.
  public let usesLearningRate: Bool

  init(_ name: String, usesLearningRate: Bool = true) {
    self.name = name
    self.usesLearningRate = usesLearningRate
  }
}

/// One method of the catalogue.
public struct MethodEntry: Sendable {
  /// One word, as on the command line.
  public let name: String
  /// One line: what it is, without a full stop.
  public let summary: String
  public let options: [MethodOption]

  /// Changes what `Defaults` would choose, where nobody says otherwise.
  let defaults: @Sendable (inout TrainingDefaults, MethodOptions) -> Void
  /// Options of a cheaper fit of the same method that stands in for it while learning rate, epochs and prior are chosen.
  let rehearsal: [String: OptionValue]
  /// For methods that can hold no rows back themselves: from the epochs that suit one network to those of the method, see
  /// `Pilot`. `nil` for methods that need no pilot.
  let epochsAfterPilot: (@Sendable (Int, MethodOptions) -> Int)?
  /// What moves the parameters, for people, where it is not the optimiser of the training settings, and whether it has their
  /// learning rate.
  let mover: @Sendable (MethodOptions) -> ParameterMover?
  /// Makes the fit, or says why there can be none.
  let plan: @Sendable (MethodOptions, FitSetting) throws(TrainingError) -> MethodPlan

  init(
    name: String, summary: String, options: [MethodOption] = [],
    defaults: @escaping @Sendable (inout TrainingDefaults, MethodOptions) -> Void = { _, _ in },
    rehearsal: [String: OptionValue] = [:],
    epochsAfterPilot: (@Sendable (Int, MethodOptions) -> Int)? = nil,
    mover: @escaping @Sendable (MethodOptions) -> ParameterMover? = { _ in nil },
    plan: @escaping @Sendable (MethodOptions, FitSetting) throws(TrainingError) -> MethodPlan
  ) {
    self.name = name
    self.summary = summary
    self.options = options
    self.defaults = defaults
    self.rehearsal = rehearsal
    self.epochsAfterPilot = epochsAfterPilot
    self.mover = mover
    self.plan = plan
  }

  /// The options with defaults filled in.
  ///
  /// Throws: `MethodError` for an option that the method does not have, or does not use beside the others, or a value that is
  /// not possible.
  public func validated(_ chosen: [String: OptionValue]) throws(MethodError) -> MethodOptions {
    if let key = chosen.keys.filter({ key in !options.contains { $0.key == key } }).min() { throw unknown(key) }
    var values: [String: OptionValue] = [:]
    for option in options {
      guard let given = chosen[option.key] else {
        values[option.key] = option.standard
        continue
      }
      guard let value = option.value(given) else { throw impossible("\(given)", option) }
      values[option.key] = value
    }
    let resolved = MethodOptions(values, declared: options)
    if let option = options.first(where: { chosen[$0.key] != nil && !$0.isUsed(resolved) }) {
      let others = option.dependencies.compactMap { key in resolved[key].map { "\(key) is \($0)" } }
      throw .unusedOption(
        option.key, method: name, use: option.use ?? "", values: others.joined(separator: " and "))
    }
    return resolved
  }

  /// The options of a fit that was made, maybe by an earlier version: what is not possible any more has its default.
  func completed(_ chosen: [String: OptionValue]) -> MethodOptions {
    let values = options.map { option in (option.key, chosen[option.key].flatMap(option.value) ?? option.standard) }
    return MethodOptions(Dictionary(uniqueKeysWithValues: values), declared: options)
  }

  /// The value that a text gives to an option.
  ///
  /// Throws: `MethodError` for an option that the method does not have, or a value that is not possible.
  public func value(of key: String, parsing text: String) throws(MethodError) -> OptionValue {
    guard let option = options.first(where: { $0.key == key }) else { throw unknown(key) }
    guard let value = option.value(parsing: text) else { throw impossible(text, option) }
    return value
  }

  private func unknown(_ key: String) -> MethodError {
    .unknownOption(key, method: name, known: options.map(\.key))
  }

  private func impossible(_ value: String, _ option: MethodOption) -> MethodError {
    var words: [String] = []
    if case .choice(let possible) = option.kind { words = possible }
    return .impossibleValue(value, option: option.key, method: name, values: option.values, words: words)
  }
}
