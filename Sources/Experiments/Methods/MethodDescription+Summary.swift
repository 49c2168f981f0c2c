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

  /// "ensemble (members 5, bagging no)". A description that the catalogue does not know is shown as it stands.
  public var summary: String {
    guard let (entry, values) = try? resolved() else { return choices }
    let shown = entry.options.map { "\($0.key) \(values[$0.key] ?? $0.standard)" }
    return shown.isEmpty ? name : "\(name) (\(shown.joined(separator: ", ")))"
  }

  /// "laplace (tuning fixed)": the options that somebody chose, and no others.
  public var choices: String {
    let shown = options.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return shown.isEmpty ? name : "\(name) (\(shown.joined(separator: ", ")))"
  }

  /// What moves the parameters where it is not the optimiser of the training settings.
  public var mover: ParameterMover? {
    guard let (entry, options) = try? resolved() else { return nil }
    return entry.mover(options)
  }
}
