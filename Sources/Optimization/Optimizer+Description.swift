//  Optimizer+Description.swift — an optimiser and its schedule in words.

extension Optimizer: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sgd(let momentum, let nesterov):
      momentum == 0 ? "SGD" : "SGD with \(nesterov ? "Nesterov momentum" : "momentum") \(momentum)"
    case .adam(let beta1, let beta2, let epsilon): "Adam, β₁ \(beta1), β₂ \(beta2), ε \(epsilon)"
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      "AdamW, β₁ \(beta1), β₂ \(beta2), ε \(epsilon), decay \(decay)"
    case .rmsProp(let decay, let epsilon, let momentum):
      "RMSprop, α \(decay), ε \(epsilon)" + (momentum == 0 ? "" : ", momentum \(momentum)")
    }
  }
}

extension LearningRateSchedule: CustomStringConvertible {
  public var description: String {
    switch self {
    case .constant(let rate): "\(rate)"
    case .step(let rate, let factor, let period): "\(rate), times \(factor) after every \(100 * period) % of the steps"
    case .cosine(let first, let last): "\(first), falling to \(last) along a cosine"
    case .cyclical(let rate, let cycles): "\(rate), falling to 0 along \(cycles) cosines"
    case .warmUp(let share, let then): "rising over \(100 * share) % of the steps, then \(then)"
    }
  }
}
