//  VariationalFamily.swift — the choices of a variational fit: which distributions, which estimator, where it begins.

public import Training

/// The distributions over θ that a fit chooses from. Parameters of the likelihood are points in each.
public enum VariationalFamily: Hashable, Sendable, Codable {
  /// Independent normals: see `MeanFieldNormal`.
  case meanField(WeightEstimator = .draw)
  /// One normal over all weights: see `FullRankBlock`. For small networks.
  case fullRank
  /// Independent normals and a few common directions: see `LowRankBlock`. Precondition: rank ≥ 1.
  case lowRank(rank: Int)
  /// Rows and columns of each weight are correlated: see `MatrixNormalBlock`; a weight of one row or one column has a full
  /// covariance. Biases, and scales of normalisations, are independent normals.
  case matrixNormal
  /// A radial distribution for each slice: see `RadialBlock`.
  case radial
  /// Flows over the chosen slices, each run of neighbours one flow, and independent normals elsewhere: see
  /// `PlanarFlowBlock`. A slice is named as in a prior; no name means the last layer. Precondition: layers ≥ 1.
  case planarFlow(layers: Int, slices: [String] = [])
  /// See `CouplingFlowBlock`. Precondition: layers ≥ 1 and hidden ≥ 1.
  case couplingFlow(layers: Int, hidden: Int, slices: [String] = [])
  /// The last layer has a distribution, and the layers before it are points.
  case lastLayer(LastLayerFamily)
}

/// The distribution of a last layer.
public enum LastLayerFamily: Hashable, Sendable, Codable {
  case meanField
  case fullRank
  case lowRank(rank: Int)
}

/// What a fit raises.
public enum VariationalObjective: Hashable, Sendable, Codable {
  /// The evidence lower bound, from so many draws a step. Precondition: draws ≥ 1.
  case evidenceLowerBound(draws: Int = 1)
  /// The Rényi bound, equation (2) of `VariationalBound`: below one it is tighter and covers more of the posterior, above
  /// one it seeks its peak. Precondition: draws ≥ 2 and alpha ≠ 1.
  case renyi(alpha: Double, draws: Int)
}

/// How the expected log likelihood of normal weights is estimated from one minibatch.
public enum WeightEstimator: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
  /// One draw of all weights for the minibatch. Works with every layer; the cheapest step.
  case draw
  /// Draws the sums of each example: see `WeightSampling` (1). Least noise; dense layers only.
  case localReparameterisation = "local-reparameterisation"
  /// One draw of the weights, its signs flipped for each example: see `WeightSampling` (2). Dense and convolutional layers.
  case flipout

  public var description: String { rawValue }

  /// The name that files of earlier versions have is read, too.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let estimator = Self(rawValue: name == "localReparameterisation" ? "local-reparameterisation" : name) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no estimator is called \(name)"))
    }
    self = estimator
  }
}

/// The weight of the divergence from the prior while a fit begins. It ends at one: the bound itself.
public enum DivergenceAnnealing: Hashable, Sendable, Codable, CustomStringConvertible {
  case none
  /// Rises from zero to one, linearly, over a share of the steps. Precondition: 0 < share ≤ 1.
  case linear(share: Double)

  public var description: String {
    switch self {
    case .none: "0"
    case .linear(let share): "\(share)"
    }
  }

  /// β of step `step` of `total`.
  func weight(step: Int, of total: Int) -> Double {
    switch self {
    case .none: 1
    case .linear(let share): min(1, Double(step + 1) / max(1, share * Double(total)))
    }
  }
}

/// Where the means begin.
public enum VariationalStart: Hashable, Sendable, Codable {
  /// At the starting parameters of a network that is trained.
  case initialiser
  /// At a mode that is found first.
  case mode(TrainingConfiguration, prior: ModePrior = .ofModel)
}

/// The prior of a fit that begins at a mode.
public enum ModePrior: Hashable, Sendable, Codable {
  case ofModel
  /// N(θ*, scale²), θ* the mode: an empirical prior for small changes of a network that is good already
  /// [Krishnan et al. 2020]. Precondition: scale > 0.
  case centredOnMode(scale: Double)
  /// N(0, s²), s the root mean square of a slice at the mode: an empirical prior that fits the size of the weights.
  case scaledToMode
}
