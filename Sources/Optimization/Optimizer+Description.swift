//  Optimizer+Description.swift — an optimiser and its schedule in words.

extension Optimizer: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sgd(let momentum, let nesterov, let dampening, let weightDecay):
      (momentum == 0 ? "SGD" : "SGD with \(nesterov ? "Nesterov momentum" : "momentum") \(momentum)")
        + (dampening == 0 ? "" : ", dampening \(dampening)") + Self.decay(weightDecay)
    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      "Adam, β₁ \(beta1), β₂ \(beta2), ε \(epsilon)" + Self.decay(weightDecay)
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      "AdamW, β₁ \(beta1), β₂ \(beta2), ε \(epsilon), decay \(decay)"
    case .rmsProp(let decay, let epsilon, let momentum, let centred, let weightDecay):
      "\(centred ? "centred RMSprop" : "RMSprop"), α \(decay), ε \(epsilon)"
        + (momentum == 0 ? "" : ", momentum \(momentum)") + Self.decay(weightDecay)
    case .adaGrad(let epsilon, let weightDecay): "AdaGrad, ε \(epsilon)" + Self.decay(weightDecay)
    }
  }

  private static func decay(_ weightDecay: Double) -> String {
    weightDecay == 0 ? "" : ", weight decay \(weightDecay)"
  }
}

extension LearningRateSchedule: CustomStringConvertible {
  public var description: String {
    switch self {
    case .constant(let rate): "\(rate)"
    case .step(let rate, let factor, let period): "\(rate), times \(factor) after every \(Self.percent(period))"
    case .cosine(let first, let last): "\(first), falling to \(last) along a cosine"
    case .cyclical(let rate, let cycles): "\(rate), falling to 0 along \(cycles) cosines"
    case .sawtooth(let from, let to, let period): "\(from), going to \(to) in every \(Self.percent(period))"
    case .sequence(let first, let share, let second): "\(first) for \(Self.percent(share)), then \(second)"
    case .polynomial(let scale, let offset, let power): "\(scale) (\(offset) + t)^−\(power)"
    case .repeated(let schedule, let times): (times == 1 ? "" : "\(times) times: ") + "\(schedule)"
    case .warmUp(let share, let then): "rising over \(Self.percent(share)), then \(then)"
    }
  }

  private static func percent(_ share: Double) -> String { "\((1000 * share).rounded() / 10) % of the steps" }
}
