//  UCIDataset.swift — the standard regression benchmark: which sets, and what others reached on them.
//
//  Protocol   one hidden layer of 50 units (100 for protein), 20 random splits of 90 to 10 (5 for protein), features and
//             target standardised by training rows; test RMSE and mean log likelihood in the original unit of the target.
//             [Hernández-Lobato and Adams 2015; Gal and Ghahramani 2016]

/// A set of the benchmark.
public struct UCIDataset: Hashable, Sendable {
  /// The name of its folder.
  public let name: String
  /// Mean test log likelihood (nats) and RMSE of Monte Carlo dropout, where they are known.
  ///
  /// Source: the corrected results in the repository DropoutUncertaintyExps of Gal and Ghahramani's experiments.
  public let dropout: (logLikelihood: Double, rootMeanSquaredError: Double)?

  public var hiddenUnits: Int { name.hasPrefix("protein") ? 100 : 50 }

  public static let all: [UCIDataset] = [
    UCIDataset(name: "bostonHousing", dropout: nil),
    UCIDataset(name: "concrete", dropout: (-2.94, 4.83)),
    UCIDataset(name: "energy", dropout: (-1.21, 0.54)),
    UCIDataset(name: "kin8nm", dropout: (1.14, 0.079)),
    UCIDataset(name: "power-plant", dropout: (-2.81, 4.01)),
    UCIDataset(name: "protein-tertiary-structure", dropout: nil),
    UCIDataset(name: "yacht", dropout: (-1.25, 0.67)),
  ]

  /// The sets that a run takes when none is named.
  public static let standard = ["energy", "concrete", "yacht", "power-plant", "kin8nm"]

  public static func == (left: UCIDataset, right: UCIDataset) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
