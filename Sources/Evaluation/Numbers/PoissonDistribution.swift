//  PoissonDistribution.swift — the distribution of a count with one rate.
//
//  Notation   λ  rate     k  a count     δ  Stirling's error     D  the deviance     Q  the upper regularised gamma function
//
//  Equations  (1) log p(k) = −δ(k) − D(k, λ) − ½ log 2πk                                            [Loader 2000]
//             (2) F(k) = Q(k + 1, λ)
//
//  (1) subtracts no large numbers, as y log λ − λ − log y! does. See `GammaPrefactor` and `RegularizedGamma`.

import Foundation

/// A Poisson distribution.
struct PoissonDistribution {
  let rate: Double

  /// log p(k). Unit: nats. −∞ for what is not a count.
  func logProbability(_ k: Double) -> Double {
    if k.isNaN || rate.isNaN { return .nan }
    guard k >= 0, k == k.rounded(.down), k.isFinite else { return -.infinity }
    if rate == 0 { return k == 0 ? 0 : -.infinity }
    if k == 0 { return -rate }
    let deviance = GammaPrefactor.deviance(k, rate, logRatio: log(rate / k))
    return -GammaPrefactor.stirlingError(k) - deviance - 0.5 * log(2 * Double.pi * k)  // (1)
  }

  /// F(k), the probability of counts up to k.
  func cumulative(_ k: Double) -> Double {
    certainty(k).map { 1 - $0 } ?? RegularizedGamma.upper(k.rounded(.down) + 1, rate)  // (2)
  }

  /// 1 − F(k) without cancellation.
  func survival(_ k: Double) -> Double { certainty(k) ?? RegularizedGamma.lower(k.rounded(.down) + 1, rate) }

  /// 1 − F(k) where it is 0, 1 or not a number, whatever the distribution.
  private func certainty(_ k: Double) -> Double? {
    if k.isNaN || rate.isNaN { return .nan }
    if k < 0 { return 1 }
    if k.isInfinite || rate == 0 { return 0 }
    return rate.isInfinite ? 1 : nil
  }
}
