//  Optimizer.swift — first-order methods on one flat vector.
//
//  Notation   x parameters [P],  g gradient of the loss [P],  η learning rate,  t = 1, 2, … the step
//
//             λ weight decay, coupled: it is added to the gradient as λ x, and g below is the sum
//
//  sgd        v ← μ v + (1 − τ) g, in the first step v ← g;  x ← x − η v,  with Nesterov x ← x − η (g + μ v)
//             μ momentum, τ dampening                                                        [Sutskever et al. 2013]
//  adam       m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;
//             x ← x − η m̂ / (√v̂ + ε),  m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)               [Kingma and Ba 2015]
//  adamW      as adam without λ, and x ← x − η δ x with the decay δ                          [Loshchilov and Hutter 2019]
//  rmsProp    s ← α s + (1 − α) g²;  x ← x − η g / (√s + ε), with momentum on the step       [Tieleman and Hinton 2012]
//             centred: q ← α q + (1 − α) g, and s − q² in place of s in the step             [Graves 2013]
//  adaGrad    s ← s + g²;  x ← x − η g / (√s + ε)                                            [Duchi et al. 2011]
//
//  A Bayesian model has its prior in the gradient: a weight decay comes on top of it, and moves the mode. Under a flat prior,
//  λ is a normal prior of precision λ N for all parameters, N the rows of the data.

/// An optimiser with its settings. The learning rate belongs to the schedule.
public enum Optimizer: Hashable, Sendable, Codable {
  case sgd(momentum: Double = 0, nesterov: Bool = false, dampening: Double = 0, weightDecay: Double = 0)
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: Double)
  case rmsProp(
    decay: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, centred: Bool = false, weightDecay: Double = 0)
  case adaGrad(epsilon: Double = 1e-10, weightDecay: Double = 0)

  /// The vectors that it keeps beside the parameters, by name.
  var slotNames: [String] {
    switch self {
    case .sgd(let momentum, _, _, _): momentum == 0 ? [] : ["velocity"]
    case .adam, .adamW: ["firstMoment", "secondMoment"]
    case .rmsProp(_, _, let momentum, let centred, _):
      ["squareAverage"] + (momentum == 0 ? [] : ["velocity"]) + (centred ? ["average"] : [])
    case .adaGrad: ["squareSum"]
    }
  }
}
