//  NumberDistribution.swift — what scores ask of the prediction of one number.
//
//  Notation   F  cumulative distribution function     ℓ  level of a central interval, α = (1 − ℓ) / 2
//
//  Equations  (1) the central interval of level ℓ is [q(α), q(1 − α)], q(p) the least y with F(y) ≥ p
//             (2) the least level at which (1) holds y:  |2 F(y) − 1| where F is continuous

/// The predictive distribution of one number: a mixture over draws from a posterior.
public protocol NumberDistribution: Sendable {
  /// Not a number where there is none.
  var mean: Double { get }

  /// The part of the variance that more data would take away.
  var epistemicVariance: Double { get }

  /// The part of the variance that is noise.
  var aleatoricVariance: Double { get }

  /// log p(y), of a probability where the numbers are counts. Unit: nats.
  func logDensity(_ y: Double) -> Double

  /// F(y): the probability of numbers up to y.
  func cumulative(_ y: Double) -> Double

  /// F(y−): the probability of numbers below y.
  func cumulativeBelow(_ y: Double) -> Double

  /// 1 − F(y) without cancellation.
  func survival(_ y: Double) -> Double

  /// The least y with F(y) ≥ p; not a number for p outside of [0, 1].
  func quantile(_ p: Double) -> Double

  /// ∫ (F(x) − 1{x ≥ y})² dx, in the unit of y; 0 is perfect.
  func continuousRankedProbabilityScore(_ y: Double) -> Double

  /// The least level of a central interval that holds y, equation (2).
  func centralLevel(_ y: Double) -> Double
}

extension NumberDistribution {
  public var standardDeviation: Double { (epistemicVariance + aleatoricVariance).squareRoot() }

  public func cumulativeBelow(_ y: Double) -> Double { cumulative(y) }

  public func centralLevel(_ y: Double) -> Double { abs(2 * cumulative(y) - 1) }  // (2)

  /// The central interval, equation (1): a share `level` of the probability, or more of it for counts.
  ///
  /// Precondition: level in [0, 1].
  public func interval(_ level: Double) -> (lower: Double, upper: Double) {
    precondition(level >= 0 && level <= 1, "the level of an interval is a probability, not \(level)")
    return (quantile(0.5 - 0.5 * level), quantile(0.5 + 0.5 * level))
  }
}
