//  Chains+Ranks.swift — draws replaced by normal scores of their ranks.
//
//  Notation   r  rank of a draw among all S, from 1; ties share their average rank
//
//  Equations  (1) z = Φ⁻¹((r − 3/8) / (S + 1/4))                                [Blom 1958; Vehtari et al. 2021]
//             (2) folded draws: |x − median|
//
//  Scores have moments where draws may have none, and ranks of folded draws see a difference in scale.

extension Chains {
  /// The normal scores (1).
  var rankNormalized: Chains {
    let values = pooled
    let order = values.indices.sorted { values[$0] < values[$1] }
    var scores = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
      let rank = 0.5 * Double(start + 1 + end)
      let score = StandardNormal.quantile((rank - 0.375) / (Double(count) + 0.25))  // (1)
      for position in start..<end { scores[order[position]] = score }
      start = end
    }
    return Chains(draws.indices.map { Array(scores[$0 * drawCount..<($0 + 1) * drawCount]) })
  }

  /// How many draws of each chain have ranks, among those of all chains, in each of so many bins: as many in each where chains
  /// agree. Shape [C][bins].
  ///
  /// Precondition: at least one bin.
  public func rankCounts(bins: Int) -> [[Int]] {
    precondition(bins >= 1, "\(bins) bins")
    let values = pooled
    var counts = [[Int]](repeating: [Int](repeating: 0, count: bins), count: draws.count)
    for (rank, place) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      counts[place / drawCount][rank * bins / values.count] += 1
    }
    return counts
  }

  /// The distances (2) from the median of all draws.
  var folded: Chains {
    let median = quantile(0.5)
    return map { abs($0 - median) }
  }
}
