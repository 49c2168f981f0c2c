//  FitMethod.swift — the methods of inference that a description can name.

/// How the posterior is approximated.
public enum FitMethod: Hashable, Sendable, Codable {
  /// One network at a mode of the posterior.
  case maximumAPosteriori
  /// Several networks at modes found from different starting points. With bagging, each sees a resample of the rows.
  case ensemble(members: Int, bagging: Bool)

  /// The number of networks.
  public var members: Int {
    switch self {
    case .maximumAPosteriori: 1
    case .ensemble(let members, _): members
    }
  }

  public var bagging: Bool {
    switch self {
    case .maximumAPosteriori: false
    case .ensemble(_, let bagging): bagging
    }
  }

  /// For people.
  public var summary: String {
    switch self {
    case .maximumAPosteriori: "maximum a posteriori"
    case .ensemble(let members, let bagging): "ensemble of \(members)" + (bagging ? ", bagged" : "")
    }
  }
}
