//  Optimizer.swift — first-order methods on one flat vector.
//
//  Notation   x parameters [P],  g gradient of the loss [P],  η learning rate,  t = 1, 2, … the step
//
//  sgd        v ← μ v + g;  x ← x − η v,  with Nesterov x ← x − η (g + μ v)                  [Sutskever et al. 2013]
//  adam       m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;
//             x ← x − η m̂ / (√v̂ + ε),  m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)               [Kingma and Ba 2015]
//  adamW      as adam, and x ← x − η λ x                                                     [Loshchilov and Hutter 2019]
//  rmsProp    s ← α s + (1 − α) g²;  x ← x − η g / (√s + ε), with momentum on the step       [Tieleman and Hinton 2012]

/// An optimiser with its settings. The learning rate belongs to the schedule.
public enum Optimizer: Hashable, Sendable, Codable {
  case sgd(momentum: Double = 0, nesterov: Bool = false)
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: Double)
  case rmsProp(decay: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0)

  /// The vectors that it keeps beside the parameters, by name.
  var slotNames: [String] {
    switch self {
    case .sgd(let momentum, _): momentum == 0 ? [] : ["velocity"]
    case .adam, .adamW: ["firstMoment", "secondMoment"]
    case .rmsProp(_, _, let momentum): momentum == 0 ? ["squareAverage"] : ["squareAverage", "velocity"]
    }
  }
}
