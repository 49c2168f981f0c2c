//  EffectiveSampleSize.swift — how many independent draws the chains are worth.
//
//  Notation   M chains of L draws (halves of the given chains), S = M L     γₘ,ₜ autocovariance of chain m at lag t
//
//  Equations  (1) W = L/(L−1) mean γₘ,₀,   V = (L−1)/L W + Var x̄ₘ
//             (2) ρ_t = 1 − (W − mean γₘ,ₜ) / V                                  [Gelman et al. 2013]
//             (3) P_k = ρ_2k + ρ_2k+1, kept while positive, and made non-increasing     [Geyer 1992]
//             (4) τ = −1 + 2 Σ_k P_k + the last even ρ where it is positive; at least 1 / log₁₀ S
//             (5) ESS = S / τ                                                   [Vehtari et al. 2021]
//
//  Of which quantity the size is depends on what is to be estimated: normal scores of ranks (bulk), indicators of a tail,
//  the draws themselves, their squared deviations. Cost O(S log L).

import Foundation

extension Chains {
  /// Of the normal scores: for the centre of the distribution. At least 400 is asked for.
  public var bulkEffectiveSampleSize: Double { isUsable ? split.rankNormalized.plainEffectiveSampleSize : .nan }

  /// The lesser of those of the 5 % and the 95 % quantile: for the ends of intervals.
  public var tailEffectiveSampleSize: Double {
    least(effectiveSampleSize(ofQuantile: 0.05), effectiveSampleSize(ofQuantile: 0.95))
  }

  /// For the mean.
  public var meanEffectiveSampleSize: Double { isUsable ? standardized.split.plainEffectiveSampleSize : .nan }

  /// For the median.
  public var medianEffectiveSampleSize: Double { effectiveSampleSize(ofQuantile: 0.5) }

  /// For the standard deviation: of the squared deviations from the mean.
  public var standardDeviationEffectiveSampleSize: Double {
    guard isUsable else { return .nan }
    let standard = standardized
    let mean = average(standard.pooled)
    return standard.map { ($0 - mean) * ($0 - mean) }.split.plainEffectiveSampleSize
  }

  /// For the quantile at p: of the indicator of lying at or below it. Precondition: p in [0, 1].
  public func effectiveSampleSize(ofQuantile p: Double) -> Double {
    isUsable ? effectiveSampleSize(below: quantile(p)) : .nan
  }

  /// Of the indicator of lying at or below a value.
  func effectiveSampleSize(below value: Double) -> Double {
    isUsable ? map { $0 <= value ? 1 : 0 }.split.plainEffectiveSampleSize : .nan
  }

  /// Equation (5), of these chains as they are; S where nothing varies.
  private var plainEffectiveSampleSize: Double {
    if isConstant { return Double(count) }
    let length = Double(drawCount)
    let covariances = draws.map(Autocovariance.series)
    let within = average(covariances.map { $0[0] }) * length / (length - 1)  // (1)
    var total = within * (length - 1) / length
    if chainCount > 1 { total += sampleVariance(draws.map { average($0) }) }
    let correlation = { lag in 1 - (within - average(covariances) { $0[lag] }) / total }  // (2)

    var pairs: [Double] = [1 + correlation(1)]
    var lastEven = 1.0
    var lag = 2
    // Two draws short of the end, as the pairs there are of a few products only.
    while lag < drawCount - 2 && pairs[pairs.count - 1] > 0 {
      let (even, odd) = (correlation(lag), correlation(lag + 1))
      lastEven = even
      pairs.append(even + odd)
      lag += 2
    }
    // The last pair is the first that is not positive, or the last that there is: only its even part counts.
    pairs.removeLast()
    for k in pairs.indices.dropFirst() { pairs[k] = min(pairs[k], pairs[k - 1]) }  // (3)
    let time = -1 + 2 * pairs.reduce(0, +) + max(lastEven, 0)  // (4)
    return Double(count) / greatest(time, 1 / log10(Double(count)))
  }
}

private func average(_ series: [[Double]], _ term: ([Double]) -> Double) -> Double {
  series.reduce(0) { $0 + term($1) } / Double(series.count)
}
