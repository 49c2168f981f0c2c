//  RankHistogram.swift — simulation-based calibration: is a method's posterior the posterior?
//
//  Notation   θ̃ ~ p(θ), y ~ p(y | θ̃), θ₁ … θ_L draws of the method's posterior given y; R repetitions
//
//  Equations  (1) r = the number of draws below θ̃, uniform on 0 … L if the method is right       [Talts et al. 2018]
//             (2) χ² = Σ (count − expected)²/expected over bins, with probability Q((bins − 1)/2, χ²/2) of being as great
//             (3) r − L/2 has the mean 0, the variance σ² = L (L + 2)/12 and the fourth moment κ = σ² (3 L (L + 2) − 4)/20
//
//  (2) sees any unevenness, and little of a small one; the two scores of (3) look for what goes wrong most, a shift and a width, with
//  all repetitions at once: of 240, (2) with 16 bins misses a posterior that is 20 % too narrow two times in three, and the score of
//  the spread is then 4 on average.
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

  /// Σ (r − L/2), divided by its standard deviation for uniform ranks, equation (3): standard normal if the method is right, positive
  /// where draws are too low. Precondition: L ≥ 1.
  public var locationScore: Double {
    precondition(drawCount >= 1, "ranks among no draws are all alike")
    return distances.reduce(0, +) / (Double(ranks.count) * variance).squareRoot()
  }

  /// Σ ((r − L/2)² − σ²), divided by its standard deviation for uniform ranks, equation (3): standard normal if the method is right,
  /// positive where draws lie too narrowly, negative where too widely. Precondition: L ≥ 2.
  public var spreadScore: Double {
    precondition(drawCount >= 2, "ranks among \(drawCount) draws all lie as far from their middle")
    let fourth = variance * (3 * Double(drawCount * (drawCount + 2)) - 4) / 20
    let sum = distances.reduce(0) { $0 + $1 * $1 - variance }
    return sum / (Double(ranks.count) * (fourth - variance * variance)).squareRoot()
  }

  /// r − L/2.
  private var distances: [Double] { ranks.map { Double($0) - 0.5 * Double(drawCount) } }

  /// σ².
  private var variance: Double { Double(drawCount * (drawCount + 2)) / 12 }

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
