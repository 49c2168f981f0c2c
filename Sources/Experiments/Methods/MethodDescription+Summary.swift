//  MethodDescription+Summary.swift — a method for people, and for its entry in the catalogue.

extension MethodDescription {
  /// The method, and its options with defaults filled in.
  ///
  /// Throws: `MethodError` when there is no such method, option or value.
  public func resolved() throws(MethodError) -> (entry: MethodEntry, options: MethodOptions) {
    let entry = try MethodCatalogue.entry(named: name)
    return (entry, try entry.validated(options))
  }

  /// The cheaper fit that stands in for the method while settings are chosen.
  var rehearsal: MethodDescription {
    guard let entry = try? MethodCatalogue.entry(named: name) else { return self }
    return MethodDescription(name, options: options.merging(entry.rehearsal) { $1 })
  }

  /// The entry, and the options that are used with their values; `nil` where the catalogue does not know the method.
  private var completed: (entry: MethodEntry, values: MethodOptions)? {
    guard let entry = try? MethodCatalogue.entry(named: name) else { return nil }
    return (entry, entry.completed(options))
  }

  /// The options that are used, and their values, defaults among them.
  public var values: [(key: String, value: OptionValue)] {
    guard let (entry, values) = completed else { return options.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    return entry.options.filter { $0.isUsed(values) }.map { ($0.key, values[$0.key] ?? $0.standard) }
  }

  /// "ensemble (members 5, bagging no)": the options that are used.
  public var summary: String {
    let shown = values.map { "\($0.key) \($0.value)" }
    return shown.isEmpty ? name : "\(name) (\(shown.joined(separator: ", ")))"
  }

  /// "laplace (tuning fixed)": the options that somebody chose, and no others.
  public var choices: String {
    let shown = options.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return shown.isEmpty ? name : "\(name) (\(shown.joined(separator: ", ")))"
  }

  /// What moves the parameters where it is not the optimiser of the training settings.
  public var mover: ParameterMover? {
    guard let (entry, values) = completed else { return nil }
    return entry.mover(values)
  }
}
