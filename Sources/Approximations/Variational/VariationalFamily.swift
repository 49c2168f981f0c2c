//  VariationalFamily.swift — the choices of a variational fit: which distributions, which estimator, where it begins.

public import Training

/// How the expected log likelihood of normal weights is estimated from one minibatch.
public enum WeightEstimator: String, Hashable, Sendable, Codable {
  /// One draw of all weights for the minibatch. Works with every layer; the cheapest step.
  case draw
  /// Draws the sums of each example: see `WeightSampling` (1). Least noise; dense layers only.
  case localReparameterisation
  /// One draw of the weights, its signs flipped for each example: see `WeightSampling` (2). Dense and convolutional layers.
  case flipout
}

/// The weight of the divergence from the prior while a fit begins. It ends at one: the bound itself.
public enum DivergenceAnnealing: Hashable, Sendable, Codable {
  case none
  /// Rises from zero to one, linearly, over a share of the steps. Precondition: 0 < share ≤ 1.
  case linear(share: Double)

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
