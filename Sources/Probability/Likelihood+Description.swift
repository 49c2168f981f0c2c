//  Likelihood+Description.swift — a likelihood in words.

extension NoiseModel: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fixed(let scale): "fixed at \(scale)"
    case .learned(let initial): "learned, beginning at \(initial)"
    case .perInput: "predicted for each input"
    }
  }
}

extension Likelihood.Family: CustomStringConvertible {
  public var description: String {
    switch self {
    case .gaussian(let noise): "normal, noise \(noise)"
    case .studentT(let degrees, let scale): "Student t of \(degrees) degrees of freedom, scale \(scale)"
    case .categorical(let classes, let weights): "categorical, \(classes) classes" + Self.weighted(weights)
    case .bernoulli(let weight): "Bernoulli" + Self.weighted(weight == 1 ? nil : [weight])
    case .multiLabel(let labels, let weights): "multi-label, \(labels) labels" + Self.weighted(weights)
    case .poisson: "Poisson"
    }
  }

  private static func weighted(_ weights: [Double]?) -> String {
    guard let weights else { return "" }
    // Four digits; the file holds all of them.
    let shown = weights.prefix(10).map { "\(($0 * 1e4).rounded() / 1e4)" }.joined(separator: ", ")
    return " weighted by \(shown)" + (weights.count > 10 ? " and \(weights.count - 10) more" : "")
  }
}

extension Likelihood: CustomStringConvertible {
  public var description: String { "\(family)" + (temperature == 1 ? "" : ", at temperature \(temperature)") }
}
