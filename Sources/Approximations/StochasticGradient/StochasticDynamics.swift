//  StochasticDynamics.swift — the dynamics whose stationary density is the posterior, discretised, with minibatch gradients.
//
//  Notation   θ [P] parameters     N rows     g = ∇U(θ) / N, U = −log p(θ, D), estimated from a minibatch
//             η the learning rate, that of a descent on U / N     T temperature     z standard normal numbers [P]
//
//  Equations  (1) langevin         θ ← θ − η g + √(2 η T / N) z                                  [Welling and Teh 2011]
//             (2) preconditioned   v ← α v + (1 − α) g²,  G = 1 / (λ + δ + √v),
//                                  θ ← θ − η G g + √(2 η T G / N) z                                [Li et al. 2016]
//             (3) hamiltonian      m ← (1 − b) m − η g + √(2 b η T / N) z,  θ ← θ + m            [Chen et al. 2014]
//             (4) thermostat       m as in (3) with the friction ξ in place of b in its first term,
//                                  ξ ← ξ + γ (|m|² (1 − ξ/2) / (P η T / N) − 1)                   [Ding et al. 2014]
//
//  The momentum of (3) rests at a variance of η T / N / (1 − b/2), not η T / N, however small η is: b is a share of a step, not a rate. The
//  factor 1 − ξ/2 in (4), which the paper's small friction leaves out, makes ξ rest at b, and not at 1 − √(1 − 2b), whose temperature is
//  5 % too low for b = 0.1.
//
//  With step sizes ε over U, as papers write them, ε = 2 η / N in (1) and (2), ε = η / N in (3) and (4). As η → 0 the density is
//  proportional to exp(−U / T) for (1), (3) and (4): gradient noise adds variance of order η² to a noise of order η. (2) leaves
//  out the term Γ = ∂G/∂θ, as its authors do. That is exact only while G does not depend on θ: so by default G is learnt before
//  draws are kept, and then held: where an optimiser leads to a mode, by a chain that stays there for 1 / (1 − α) steps, elsewhere
//  in the burn-in. The long step of a parameter whose gradient was near zero must not be held: units that were off come on. So
//  while v is held δ is the mean of √v over the parameters; while v moves it follows, and δ = 0. (4) measures gradient noise by the
//  kinetic energy that it leaves, and lets friction take it out again. Over an epoch, in which each row comes once, much of that noise
//  cancels, and θ moves less than the momentum says: friction then takes out too much, the more so the smaller the minibatches.
//
//  Cost       beside the gradient one pass over θ, g and one vector of state (none for (1)), which makes z on the way.

/// How a chain moves.
public enum StochasticDynamics: Hashable, Sendable, Codable {
  /// Equation (1).
  case langevin
  /// Equation (2): α, λ, and whether G is held while draws are kept.
  case preconditionedLangevin(decay: Double = 0.99, epsilon: Double = 1e-3, isHeld: Bool = true)
  /// Equation (3): b, 0 < b ≤ 1.
  case hamiltonian(friction: Double = 0.1)
  /// Equation (4): b, also the first ξ, and γ.
  case thermostat(friction: Double = 0.1, relaxation: Double = 0.01)

  /// b, the first ξ.
  var friction: Double {
    switch self {
    case .hamiltonian(let friction), .thermostat(let friction, _): friction
    case .langevin, .preconditionedLangevin: 0
    }
  }

  /// Whether it keeps a vector beside the parameters.
  var keepsVector: Bool { self != .langevin }

  /// What is wrong with the numbers, or `nil`.
  var problem: String? {
    switch self {
    case .langevin: nil
    case .preconditionedLangevin(let decay, let epsilon, _):
      decay >= 0 && decay < 1 && epsilon > 0 ? nil : "a preconditioner with decay \(decay) and epsilon \(epsilon)"
    case .hamiltonian(let friction): friction > 0 && friction <= 1 ? nil : "a friction of \(friction)"
    case .thermostat(let friction, let relaxation):
      friction > 0 && friction <= 1 && relaxation > 0
        ? nil : "a thermostat with friction \(friction) and relaxation \(relaxation)"
    }
  }
}
