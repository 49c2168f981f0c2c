//  DrawsColumn.swift — what a column of draws is, from its name in files of Stan, R's posterior, pandas and ArviZ.
//
//  An element of an array is named as elements are named everywhere here, counted from 0: Stan's `L_Omega.2.1` and R's `L_Omega[2,1]`,
//  which count from 1, are L_Omega[1,0]. That a file counts from 1 is seen by its `L_Omega.1.1` or `L_Omega[1,1]`, with no index 0.
//  ArviZ writes what a column belongs to before its name: ('sample_stats', 'diverging').

enum DrawsColumn: Hashable {
  /// A parameter, an element of one, or a record of trajectories.
  case array(String)
  /// The log likelihood of the next observation.
  case logLikelihood
  /// The chain of each row.
  case chain
  /// The number of each draw, of which a chain has an order.
  case order
  /// What says nothing of the density.
  case passedOver

  /// What the columns of these names are.
  static func all(_ titles: [String]) -> [DrawsColumn] {
    let parts = titles.map(groupAndName)
    let names = ElementNames(parts.map(\.name))
    return parts.map { column($0.group, $0.name, names) }
  }

  private static func column(_ group: String?, _ name: String, _ names: ElementNames) -> DrawsColumn {
    switch group {
    case "log_likelihood": return .logLikelihood
    case "sample_stats":
      if let record = foreignRecords[name] { return .array(record) }
      return records.contains(name) ? .array(name) : .passedOver
    case nil, "posterior":
      if chainNames.contains(name) { return .chain }
      if orderNames.contains(name) { return .order }
      if let record = foreignRecords[name] { return .array(record) }
      let element = names.element(name)
      if let end = element.firstIndex(of: "["), DrawsFile.logLikelihoodNames.contains(String(element[..<end])) {
        return .logLikelihood
      }
      return .array(element)
    default: return .passedOver
    }
  }

  private static let chainNames: Set<String> = ["chain", ".chain", "chain__"]
  private static let orderNames: Set<String> = ["iteration", ".iteration", "iter__", "draw", ".draw", "draw__"]
  private static let records: Set<String> = ["energy", "diverging", "tree_depth", "step_size"]
  /// What others call the records of trajectories.
  static let foreignRecords = [
    "energy__": "energy", "divergent__": "diverging", "treedepth__": "tree_depth", "accept_stat__": "acceptance",
    "acceptance_rate": "acceptance", "reached_max_treedepth": "saturated", "stepsize__": "step_size",
    "n_leapfrog__": "evaluations", "n_steps": "evaluations", "accept_prob": "acceptance", "num_steps": "evaluations",
  ]
  private static let groups: Set<String> = [
    "posterior", "sample_stats", "log_likelihood", "log_prior", "posterior_predictive", "predictions", "prior",
    "prior_predictive", "sample_stats_prior", "observed_data", "constant_data", "unconstrained_posterior",
  ]

  /// ArviZ's ('posterior', 'theta[0]', 0) → posterior, theta[0]; other names as they are.
  private static func groupAndName(_ title: String) -> (group: String?, name: String) {
    guard title.first == "(", title.last == ")" else { return (nil, title) }
    let texts = title.matches(of: /'([^']*)'|"([^"]*)"/).map { String($0.1 ?? $0.2 ?? "") }
    guard let first = texts.first else { return (nil, title) }
    return texts.count > 1 && groups.contains(first) ? (first, texts[1]) : (nil, first)
  }
}

/// The names of columns as those of elements.
private struct ElementNames {
  private let names: Set<String>
  /// The arrays in brackets that count from 0.
  private let countsFromZero: Set<String>

  init(_ names: [String]) {
    self.names = Set(names)
    countsFromZero = Set(
      names.compactMap { name in Self.bracketed(name).flatMap { $0.indices.contains(0) ? $0.array : nil } })
  }

  /// Stan's `L.2.1` and R's `L[2,1]` → `L[1,0]`, where there is a first element and none of index 0; other names as they are.
  func element(_ name: String) -> String {
    if let (array, indices) = Self.bracketed(name) {
      let first = "\(array)[\(indices.map { _ in "1" }.joined(separator: ","))]"
      let isFirst = names.contains(first) || names.contains(first.replacing(",", with: ", "))
      return Self.name(array, isFirst && !countsFromZero.contains(array) ? indices.map { $0 - 1 } : indices)
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let indices = Array(parts.reversed().prefix { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }.reversed())
    let array = parts.dropLast(indices.count).joined(separator: ".")
    let first = ([array] + indices.map { _ in "1" }).joined(separator: ".")
    // Beside a column `L`, `L.1` is what some programs call a second one of that name.
    guard !indices.isEmpty, !array.isEmpty, names.contains(first), !names.contains(array) else { return name }
    return Self.name(array, indices.map { (Int($0) ?? 0) - 1 })
  }

  private static func name(_ array: String, _ indices: [Int]) -> String {
    "\(array)[\(indices.map { "\($0)" }.joined(separator: ","))]"
  }

  /// `L[2, 1]` → L and 2, 1; `nil` where brackets hold anything but whole numbers.
  private static func bracketed(_ name: String) -> (array: String, indices: [Int])? {
    guard name.last == "]", let bracket = name.firstIndex(of: "["), bracket > name.startIndex else { return nil }
    let cells = name[name.index(after: bracket)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
    let indices = cells.map { cell in
      let digits = cell.filter { $0 != " " }
      return digits.allSatisfy(\.isASCIIDigit) ? Int(digits) : nil
    }
    return indices.contains(nil) ? nil : (String(name[..<bracket]), indices.compactMap { $0 })
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
