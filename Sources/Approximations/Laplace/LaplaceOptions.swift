//  LaplaceOptions.swift — the structures of a Laplace approximation.

/// Which part of Λ is kept.
public enum LaplaceStructure: Hashable, Sendable, Codable {
  /// All of it. See `DenseSpectrum`.
  case dense
  /// A Kronecker product for each parameter. See `KroneckerSpectrum`.
  case kronecker
  /// Its diagonal. See `DiagonalSpectrum`.
  case diagonal
  /// Its largest eigenpairs; elsewhere the prior stays. See `FactoredSpectrum`. Precondition: rank ≥ 1.
  case lowRank(Int)
  /// The curvature of some examples, evenly chosen, standing for all: a Gaussian process on them. See `FactoredSpectrum`.
  /// Precondition: examples ≥ 1.
  case functional(examples: Int)
  /// The last layer with weights alone; the layers before it stay at the mode.
  case lastLayer(LayerStructure)
  /// Chosen parameters in full; the others stay at the mode.
  case subnetwork(Subnetwork)

  /// How much of one layer's Λ is kept.
  public enum LayerStructure: String, Hashable, Sendable, Codable, CaseIterable { case dense, kronecker, diagonal }
}

/// The parameters of a subnetwork.                                                              [Daxberger 2021]
public enum Subnetwork: Hashable, Sendable, Codable {
  /// The parameters that are largest in magnitude. Precondition: count ≥ 1.
  case largestMagnitude(count: Int)
  /// The parameters with the largest variance under the diagonal approximation. Precondition: count ≥ 1.
  case largestVariance(count: Int)
  /// All parameters whose names are these, or begin with these up to a dot. No name means the last layer.
  case slices([String])
}
