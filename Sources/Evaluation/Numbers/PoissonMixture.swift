//  PoissonMixture.swift — the prediction for one count: a Poisson distribution for each posterior draw.
//
//  Notation   λᵢ  rate given draw i, i = 1…S
//
//  Equations  (1) p(k)  = 1/S Σᵢ e^−λᵢ λᵢᵏ / k!
//             (2) Var k = Var λᵢ + 1/S Σᵢ λᵢ
//             (3) k lies in the central interval of level ℓ ⟺ α ≤ F(k) and F(k − 1) < 1 − α,  α = (1 − ℓ)/2
//
//  An interval between whole numbers holds at least its nominal share, and mostly more of it. Whether rates are calibrated is
//  seen from F(k − 1) and F(k) together: equation (3) of `CalibrationCurve`.

import Foundation

/// A mixture of Poisson distributions with equal weights.
public struct PoissonMixture: NumberDistribution, Hashable {
  /// λ. Shape [S].
  public let rates: [Double]

  /// Precondition: at least one rate; none is negative.
  public init(rates: [Double]) {
    precondition(!rates.isEmpty, "a mixture has a rate for each draw, at least one")
    precondition(!rates.contains { $0 < 0 }, "a rate is not negative")
    self.rates = rates
  }

  public var mean: Double { average(rates) }

  /// The variance of the rates, the first term of (2).
  public var epistemicVariance: Double {
    let mean = mean
    return average(rates) { ($0 - mean) * ($0 - mean) }
  }

  /// The mean of the rates, the second term of (2).
  public var aleatoricVariance: Double { mean }

  /// log p(k), equation (1). Unit: nats. −∞ for what is not a count.
  public func logDensity(_ k: Double) -> Double {
    logSumOfExponentials(rates.map { PoissonDistribution(rate: $0).logProbability(k) }) - log(Double(rates.count))
  }

  /// F(k), the probability of counts up to k.
  public func cumulative(_ k: Double) -> Double { average(rates) { PoissonDistribution(rate: $0).cumulative(k) } }

  /// F(k−), the probability of counts below k.
  public func cumulativeBelow(_ k: Double) -> Double { cumulative(k.rounded(.up) - 1) }

  /// 1 − F(k) without cancellation.
  public func survival(_ k: Double) -> Double { average(rates) { PoissonDistribution(rate: $0).survival(k) } }

  /// The least level at which (3) holds.
  public func centralLevel(_ k: Double) -> Double {
    max(0, 1 - 2 * cumulative(k), 1 - 2 * survival(k.rounded(.up) - 1))
  }

  /// The least count k with F(k) ≥ p: 0 at 0, ∞ at 1, not a number outside of [0, 1].
  public func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1, rates.allSatisfy(\.isFinite) else { return .nan }
    let holds = { k in p <= 0.5 ? cumulative(k) >= p : survival(k) <= 1 - p }
    if p == 1 { return rates.allSatisfy { $0 == 0 } ? 0 : .infinity }
    if holds(0) { return 0 }
    var (lower, upper) = (0.0, 1.0)
    while !holds(upper) { (lower, upper) = (upper, 2 * upper) }
    while upper - lower > 1 {
      let middle = (lower + 0.5 * (upper - lower)).rounded(.down)
      if middle == lower || middle == upper { break }
      if holds(middle) { upper = middle } else { lower = middle }
    }
    return upper
  }
}
