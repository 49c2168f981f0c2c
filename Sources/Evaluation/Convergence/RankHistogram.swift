//  RankHistogram.swift — simulation-based calibration: is a method's posterior the posterior?
//
//  Notation   θ̃ ~ p(θ), y ~ p(y | θ̃), θ₁ … θ_L draws of the method's posterior given y; R repetitions
//
//  Equations  (1) r = the number of draws below θ̃, uniform on 0 … L if the method is right       [Talts et al. 2018]
//             (2) χ² = Σ (count − expected)²/expected over bins, with probability Q((bins − 1)/2, χ²/2) of being as great
//
//  Draws should be thinned to be nearly independent: dependence makes the ends too frequent. A histogram like a ∪ is too narrow a
//  posterior, ∩ too wide a one, a slope a bias.

/// The ranks of true parameters among draws.
public struct RankHistogram: Hashable, Sendable {
  /// r of each repetition, in 0 … L.
  public let ranks: [Int]
  /// L.
  public let drawCount: Int

  /// Precondition: ranks in 0 … drawCount.
  public init(ranks: [Int], drawCount: Int) {
    precondition(ranks.allSatisfy { (0...drawCount).contains($0) }, "ranks among \(drawCount) draws")
    self.ranks = ranks
    self.drawCount = drawCount
  }

  /// The rank of a number among draws, equation (1).
  public static func rank(of truth: Double, among draws: [Double]) -> Int { draws.count { $0 < truth } }

  /// How many ranks fall into each of so many bins of nearly equal width. Precondition: 1 ≤ bins ≤ L + 1.
  public func counts(bins: Int) -> [Int] {
    precondition(bins >= 1 && bins <= drawCount + 1, "\(bins) bins for \(drawCount + 1) ranks")
    var counts = [Int](repeating: 0, count: bins)
    for rank in ranks { counts[rank * bins / (drawCount + 1)] += 1 }
    return counts
  }

  /// The probability that uniform ranks are as uneven as these, equation (2). Below 0.001 the method is wrong.
  ///
  /// Precondition: 2 ≤ bins ≤ L + 1; at least five ranks a bin for (2) to hold.
  public func uniformityProbability(bins: Int) -> Double {
    let counts = counts(bins: bins)
    var statistic = 0.0
    for (bin, count) in counts.enumerated() {
      // Ranks from ⌈bin (L+1)/bins⌉ on.
      let width = ((bin + 1) * (drawCount + 1) + bins - 1) / bins - (bin * (drawCount + 1) + bins - 1) / bins
      let expected = Double(ranks.count * width) / Double(drawCount + 1)
      statistic += (Double(count) - expected) * (Double(count) - expected) / expected
    }
    return RegularizedGamma.upper(0.5 * Double(bins - 1), 0.5 * statistic)
  }
}
