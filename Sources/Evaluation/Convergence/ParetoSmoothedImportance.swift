//  ParetoSmoothedImportance.swift — importance weights whose greatest are replaced by what a Pareto tail expects.
//
//  Notation   rₛ  log ratio of draw s, s = 1…S     r_eff  effective draws per draw
//
//  The M = ⌈min(S/5, 3 √(S/r_eff))⌉ greatest ratios are the tail. A generalised Pareto distribution is fitted to what they
//  exceed the next one by; the tail becomes its quantiles at (i − 1/2)/M, and none stays above the greatest raw ratio. The
//  shape k̂ of the fit says whether the weights can be trusted: up to 0.7 they can, between 0.7 and 1 the error is large,
//  above 1 the mean does not exist. [Vehtari et al. 2024]

import Foundation

/// Smoothed importance weights.
public struct ParetoSmoothedImportance: Sendable {
  /// Normalised: their exponentials sum to 1. Shape [S].
  public let logWeights: [Double]

  /// log Σ exp of the smoothed ratios, in the scale of the given ones.
  public let logSum: Double

  /// k̂; ∞ where the tail has fewer than five different draws, and then nothing is smoothed. −∞ where all of five ratios or more are the same but
  /// for rounding: the weights are uniform and have no tail. Not a number if a ratio is not.
  public let shape: Double

  /// Smooths log ratios.
  ///
  /// Precondition: at least one ratio; relativeEfficiency > 0.
  public init(logRatios: [Double], relativeEfficiency: Double = 1) {
    precondition(!logRatios.isEmpty && relativeEfficiency > 0, "importance weights of \(logRatios.count) draws")
    guard !logRatios.contains(where: { $0.isNaN || $0 == .infinity }), let greatest = logRatios.max(), greatest.isFinite
    else {
      logWeights = logRatios.map { _ in .nan }
      (logSum, shape) = (.nan, .nan)
      return
    }
    let count = Double(logRatios.count)
    var ratios = logRatios.map { $0 - greatest }
    let order = ratios.indices.sorted { ratios[$0] < ratios[$1] }
    let least = ratios[order[0]]
    if logRatios.count > 4 && least >= -Self.rounding * max(1, abs(greatest)) {
      let share = -log(count)
      logWeights = logRatios.map { _ in share }
      (logSum, shape) = (greatest + log(count), -.infinity)
      return
    }
    let tailLength = Int(min(count / 5, 3 * (count / relativeEfficiency).squareRoot()).rounded(.up))
    let place = order.count - 1 - tailLength
    let cutoff = max(place >= 0 ? ratios[order[place]] : -.infinity, log(Double.leastNormalMagnitude))
    let tail = order.filter { ratios[$0] > cutoff }
    if tail.count > 4 {
      let base = exp(cutoff)
      let fit = GeneralizedPareto(fitting: tail.map { exp(ratios[$0]) - base })
      shape = fit.shape
      if fit.shape.isFinite && fit.scale.isFinite {
        for (i, index) in tail.enumerated() {
          let expected = fit.quantile((Double(i) + 0.5) / Double(tail.count))
          ratios[index] = min(log(expected + base), 0)
        }
      }
    } else {
      shape = .infinity
    }
    let sum = logSumOfExponentials(ratios)
    logWeights = ratios.map { $0 - sum }
    logSum = sum + greatest
  }

  /// What ratios that should be the same differ by, in parts of their size.
  private static let rounding = 0x1p-46

  /// The greatest k̂ with which S draws give a usable mean: min(1 − 1/log₁₀ S, 0.7). [Vehtari et al. 2024]
  public static func greatestReliableShape(draws: Int) -> Double { min(1 - 1 / log10(Double(max(draws, 2))), 0.7) }
}
