//  PoissonMixture+ContinuousRankedProbabilityScore.swift — the CRPS of a mixture of counts, by its sum.
//
//  Equation   (1) CRPS = ∫ (F(x) − 1{x ≥ y})² dx = Σₖ F(k)² · |[k, k + 1) ∩ (−∞, y)| + (1 − F(k))² · |[k, k + 1) ∩ [y, ∞)|
//
//  F is constant on [k, k + 1). All counts are summed at which a component has between 1e-18 and 1 − 1e-18 of its probability
//  below, with p(k) by recursion from the mode, where nothing underflows. Outside, F is 0 or 1.
//
//  Cost       about 20 √λ additions a draw. Rates so large that there are more than a million counts in question are taken as
//             normal, with mean and variance λ: the score then differs by less than one part in 10⁵ of √λ.

import Foundation

extension PoissonMixture {
  private static let mostCounts = 0x1p20

  /// The continuous ranked probability score at y, in counts; 0 is perfect.
  public func continuousRankedProbabilityScore(_ y: Double) -> Double {
    guard y.isFinite, rates.allSatisfy(\.isFinite) else { return y.isInfinite ? .infinity : .nan }
    let windows = rates.map(Self.window)
    let first = windows.reduce(.infinity) { min($0, $1.first) }
    let last = windows.reduce(0) { max($0, $1.last) }
    guard last - first <= Self.mostCounts else {
      return GaussianMixture(means: rates, standardDeviations: rates.map { $0.squareRoot() })
        .continuousRankedProbabilityScore(y)
    }
    var cumulative = [Double](repeating: 0, count: Int(last - first) + 1)
    for (rate, window) in zip(rates, windows) { Self.add(rate, window, to: &cumulative, from: first) }
    // Outside of the counts in question.
    var score = max(0, first - y) + max(0, y - (last + 1))
    for (place, sum) in cumulative.enumerated() {
      let k = first + Double(place)
      let share = sum / Double(rates.count)
      let below = min(max(y - k, 0), 1)
      score += share * share * below + (1 - share) * (1 - share) * (1 - below)  // (1)
    }
    return score
  }

  /// The counts of one rate that matter: Chernoff's bound leaves less than 1e-18 on either side.
  private static func window(_ rate: Double) -> (first: Double, last: Double) {
    let reach = 42.0
    let deviation = (2 * reach * rate).squareRoot()
    return (max(0, (rate - deviation).rounded(.down)), (rate + deviation + reach).rounded(.up))
  }

  /// Adds F(k) of one rate at all counts from `first` on.
  private static func add(
    _ rate: Double, _ window: (first: Double, last: Double), to cumulative: inout [Double], from first: Double
  ) {
    let (start, count) = (Int(window.first - first), Int(window.last - window.first) + 1)
    let mode = Int(rate.rounded(.down) - window.first)
    var probabilities = [Double](repeating: 0, count: count)
    probabilities[mode] = exp(PoissonDistribution(rate: rate).logProbability(window.first + Double(mode)))
    for place in stride(from: mode - 1, through: 0, by: -1) {
      probabilities[place] = probabilities[place + 1] * (window.first + Double(place + 1)) / rate
    }
    for place in mode + 1..<max(mode + 1, count) {
      probabilities[place] = probabilities[place - 1] * rate / (window.first + Double(place))
    }
    var sum = 0.0
    for (place, probability) in probabilities.enumerated() {
      sum += probability
      cumulative[start + place] += min(sum, 1)
    }
    for place in (start + count)..<max(start + count, cumulative.count) { cumulative[place] += 1 }
  }
}
