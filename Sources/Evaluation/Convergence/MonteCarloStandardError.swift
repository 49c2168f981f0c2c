//  MonteCarloStandardError.swift — how far an estimate from draws may be from what infinitely many draws would give.
//
//  Notation   x̄, s mean and standard deviation of all S draws     n  the effective sample size for the estimate at hand
//
//  Equations  (1) mean      s / √n
//             (2) deviation, by the delta method on v = mean (x − x̄)²: √(Var (x − x̄)² / n / (4 v))
//             (3) quantile  half the distance of the order statistics at the 16 % and 84 % quantiles of
//                 Beta(n p + 1, n (1 − p) + 1), the distribution of the share of draws below it      [Vehtari et al. 2021]

extension Chains {
  /// Of the mean, equation (1).
  public var meanError: Double { standardDeviation / meanEffectiveSampleSize.squareRoot() }

  /// Of the standard deviation, equation (2); not a number where nothing varies.
  public var standardDeviationError: Double {
    guard isUsable else { return .nan }
    let standard = StandardizedChains(self)
    let draws = standard.chains.pooled
    let mean = average(draws)
    let squares = draws.map { ($0 - mean) * ($0 - mean) }
    let variance = average(squares)
    let varianceOfSquares = average(squares) { $0 * $0 } - variance * variance
    return standard.length(
      (varianceOfSquares / standardDeviationEffectiveSampleSize / (4 * variance)).squareRoot())
  }

  /// Of the median.
  public var medianError: Double { error(ofQuantile: 0.5) }

  /// Of the quantile at p, equation (3). Precondition: p in [0, 1].
  public func error(ofQuantile p: Double) -> Double { quantileEstimates(at: [p])[0].error }

  /// The quantiles at several p, their errors (3) and effective sample sizes, of draws that are sorted once. Precondition: each p in [0, 1].
  package func quantileEstimates(at levels: [Double]) -> [(value: Double, error: Double, size: Double)] {
    let sorted = pooled.sorted()
    return levels.map { p in
      let value = interpolatedQuantile(sorted, p)
      let size = effectiveSampleSize(below: value)
      return (value, error(ofQuantile: p, size: size, sorted), size)
    }
  }

  private func error(ofQuantile p: Double, size: Double, _ sorted: [Double]) -> Double {
    guard size.isFinite else { return .nan }
    let place = { (probability: Double) in
      RegularizedBeta.quantile(size * p + 1, size * (1 - p) + 1, probability) * Double(sorted.count) - 1
    }
    let lower = max(place(Self.oneDeviation.lower).rounded(.down), 0)
    let upper = min(place(Self.oneDeviation.upper).rounded(.up), Double(sorted.count - 1))
    return 0.5 * (sorted[Int(upper)] - sorted[Int(lower)])
  }

  /// Φ(−1) and Φ(1), to the digits that other implementations use: an order statistic is one or its neighbour.
  private static let oneDeviation = (lower: 0.1586553, upper: 0.8413447)
}
