//  LaplacePrediction.swift — how the uncertainty of the weights becomes one of predictions.
//
//  Notation   f ~ N(μ, Σ)  the outputs of the linearised network, [C]     v = diag Σ     K = C
//
//  Equations  (1) normal noise:   y ~ N(μ, v + σ²), in closed form
//             (2) probit:         p = softmax(μ / √(1 + π v/8)); one label: sigmoid likewise      [MacKay 1992; Gibbs 1997]
//             (3) Laplace bridge: Dirichlet with α_k = (1 − 2/K + e^μ_k Σ_l e^(−μ_l) / K²) / Σ_kk,
//                 μ and Σ given that the outputs sum to zero; p = α / Σ α                          [Hobbhahn 2022]
//                 Where a Σ_kk is below tr Σ / (K² − K), the least of a Dirichlet: α = A softmax(μ), (1 − 1/K) Σ 1/α the trace of
//                 the covariance of f less its mean over classes
//             (4) draws of f, each through the likelihood
//             (5) draws of θ, each through the network itself

import Probability

/// How a Laplace posterior predicts.
public enum LaplacePrediction: Hashable, Sendable, Codable {
  /// Equation (1) where the noise is normal, otherwise (4): each draw a component, so that mutual information has a meaning. A σ that
  /// the network computes is that at μ: the variance of that output is left out.
  case linearised(draws: Int)
  /// Equation (2). For classes and labels; epistemic and aleatoric parts are not told apart: mutual information is not a number.
  case probit
  /// Equation (3). For classes; mutual information is that of the Dirichlet distribution.
  case laplaceBridge
  /// Equation (5). Under-fits where the posterior is wide: the network is not linear there.           [Immer 2021]
  case network(draws: Int)
}

extension LaplacePrediction {
  /// Why a model with this likelihood cannot be predicted so, or `nil`.
  func problem(for likelihood: Likelihood) -> String? {
    switch (self, likelihood.family) {
    case (.probit, .gaussian), (.probit, .studentT), (.probit, .poisson):
      "the probit prediction is for classes and labels; take the linearised prediction"
    case (.laplaceBridge, .categorical): nil
    case (.laplaceBridge, _): "the Laplace bridge is for classes; take the linearised prediction"
    case (.linearised(let draws), _) where draws < 1, (.network(let draws), _) where draws < 1:
      "a prediction by \(draws) draws: it needs at least one"
    default: nil
    }
  }
}
