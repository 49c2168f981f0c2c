//  Curvature.swift — which matrix stands for the curvature of the log likelihood.
//
//  Notation   ℓₙ = log p(yₙ | fₙ), fₙ the network's outputs [O], Jₙ = ∂fₙ/∂θ [O, P]
//
//  Equations  (1) Gauss–Newton       Σₙ Jₙᵀ Λₙ Jₙ,  Λₙ = −E_y[∂²ℓₙ/∂f²] under the model   [Martens 2020]
//             (2) sampled Fisher     Σₙ (1/M) Σₘ gₙₘ gₙₘᵀ,  gₙₘ = ∂ log p(yₘ | fₙ)/∂θ,  yₘ ~ p(y | fₙ)
//             (3) empirical Fisher   Σₙ gₙ gₙᵀ,  gₙ = ∂ℓₙ/∂θ at the data
//             (4) Hessian            −Σₙ ∂²ℓₙ/∂θ²
//
//  For all likelihoods here (1) is the Fisher information. It is positive semidefinite and the expectation of (2). (3) is
//  neither, though cheap: one backward pass an example instead of O.            [Kunstner 2019]

/// The matrix that stands for −∂² log p(D | θ)/∂θ².
public enum Curvature: Hashable, Sendable, Codable {
  /// Equation (1): the generalised Gauss–Newton matrix, which is the exact Fisher information.
  case gaussNewton
  /// Equation (2) with M draws of the target for each example, by the seed of the `CurvaturePoint`. Precondition: draws ≥ 1.
  case sampledFisher(draws: Int)
  /// Equation (3).
  case empiricalFisher
  /// Equation (4). It need not be positive definite, and needs P backward passes: for small networks.
  case hessian
}

/// Why there is no curvature.
public enum CurvatureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A model that this curvature cannot be taken of, and what to do.
  case unsupported(String)
  /// It was asked to stop.
  case stopped
  /// Numbers that are not finite came up.
  case notFinite(String)

  public var description: String {
    switch self {
    case .unsupported(let reason): reason
    case .stopped: "stopped before the curvature was complete"
    case .notFinite(let what): "\(what) is not finite: the parameters or the data are too large"
    }
  }
}
