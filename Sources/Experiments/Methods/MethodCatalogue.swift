//  MethodCatalogue.swift — the methods that there are. A line for each.

public enum MethodCatalogue {
  /// In the order in which tables show them: the point of comparison first.
  public static let all: [MethodEntry] = [
    .maximumAPosteriori,
    .deepEnsemble,
    .anchoredEnsemble,
    .bayesianBootstrap,
    .batchEnsemble,
    .steinEnsemble,
    .monteCarloDropout,
    .concreteDropout,
    .dropConnect,
    .snapshot,
    .weightAveraging,
    .swag,
    .multiSWAG,
    .laplace,
    .variational,
    .onlineNewton,
    .langevin,
    .preconditionedLangevin,
    .hamiltonian,
    .thermostat,
    .cyclicalLangevin,
    .cyclicalHamiltonian,
    .noUTurnChains,
    .hamiltonianChains,
  ]

  /// The method of a fit that names none.
  public static let standard = MethodEntry.deepEnsemble.name

  public static var names: [String] { all.map(\.name) }

  /// Throws: `MethodError` when there is no method of that name.
  public static func entry(named name: String) throws(MethodError) -> MethodEntry {
    guard let entry = all.first(where: { $0.name == name }) else { throw .unknownMethod(name, known: names) }
    return entry
  }
}
