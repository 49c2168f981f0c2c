//  UnivariateDistribution.swift — what can be asked of a distribution of one number.

/// A distribution of one number.
public protocol UnivariateDistribution: Sendable {
  /// log p(x), or log P(x) where the number is whole; −∞ outside of the support. Unit: nats.
  func logDensity(_ x: Double) -> Double
  /// ∞ where it diverges, not a number where it does not exist.
  var mean: Double { get }
  /// ∞ where it diverges, not a number where it does not exist.
  var variance: Double { get }
  /// F(x), the probability of at most x.
  func cumulative(_ x: Double) -> Double
  /// 1 − F(x) without cancellation.
  func survival(_ x: Double) -> Double
  /// The least x with F(x) ≥ p, not a number outside of [0, 1].
  func quantile(_ p: Double) -> Double
}

extension UnivariateDistribution {
  public var standardDeviation: Double { variance.squareRoot() }

  /// The interval with the probability (1 − level)/2 on either side. Precondition: level in [0, 1].
  public func interval(_ level: Double) -> (lower: Double, upper: Double) {
    precondition(level >= 0 && level <= 1, "the level of an interval is a probability, not \(level)")
    return (quantile(0.5 - 0.5 * level), quantile(0.5 + 0.5 * level))
  }
}
