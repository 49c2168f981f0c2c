//  PotentialScaleReduction.swift — R-hat: do the chains agree?
//
//  Notation   M chains of L draws (halves of the given chains)     x̄ₘ, s²ₘ  mean and variance of chain m
//
//  Equations  (1) B = L Var x̄ₘ,   W = mean s²ₘ                                    [Gelman and Rubin 1992]
//             (2) R̂ = √((L − 1)/L + B / (L W))
//             (3) the greatest of (2) on normal scores of the ranks, and on those of the folded draws   [Vehtari et al. 2021]
//
//  Below 1.01 the chains agree. One chain has no R-hat: that its halves agree says little.

extension Chains {
  /// R-hat (3), the one to report. Not a number for one chain, for fewer than four draws a chain, for draws that are not
  /// finite, and where nothing varies; ∞ where every half stands still, and not all at one place. Draws that are all as far from their
  /// median, like as many zeros as ones, say nothing of scales: there R-hat is that of locations.
  public var rHat: Double { hasRHat && split.folded.isConstant ? bulkRHat : greatest(bulkRHat, foldedRHat) }

  /// (2) of rank-normalised split chains: whether locations agree.
  public var bulkRHat: Double { hasRHat ? split.rankNormalized.plainRHat : .nan }

  /// (2) of rank-normalised, folded split chains: whether scales agree.
  public var foldedRHat: Double { hasRHat ? split.folded.rankNormalized.plainRHat : .nan }

  /// (2) of split chains as they are; needs finite variances.
  public var splitRHat: Double { hasRHat ? standardized.split.plainRHat : .nan }

  private var hasRHat: Bool { chainCount > 1 && isUsable && !isConstant }

  /// Equation (2).
  private var plainRHat: Double {
    let length = Double(drawCount)
    let between = length * sampleVariance(draws.map { average($0) })
    let within = average(draws.map(sampleVariance))
    return ((between / within + length - 1) / length).squareRoot()
  }
}

/// The greater of two numbers, not a number if one is not.
func greatest(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : max(a, b) }

/// The lesser of two numbers, not a number if one is not.
func least(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : min(a, b) }
