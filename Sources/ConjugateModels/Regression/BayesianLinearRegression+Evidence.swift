//  BayesianLinearRegression+Evidence.swift — precisions of prior and noise by maximal evidence.
//
//  Notation   λ = α/β     Q(λ) = ρ + Σ z² λ/(λ + s²)
//
//  Equations  (1) log p(y) = N/2 log(β/2π) + 1/2 Σ log(λ/(λ + s²)) − β Q(λ)/2
//             (2) for given λ the greatest is at β = N/Q(λ)
//             (3) d log p / d log λ at (2) = 1/2 Σ s²/(λ + s²) − N/2 · Σ z² λ s²/(λ + s²)² / Q
//
//  With (2) the search has one dimension. log λ is scanned first, since (1) can have several maxima, and the zero of (3)
//  beside the best point is found by bisection. Fixed-point iterations need hundreds of steps where data say little.

import Foundation

extension BayesianLinearRegression {
  /// The same data at the precisions that maximise the evidence; `nil` where the evidence grows without end as the weights vanish
  /// or as the noise vanishes.
  public var maximizingEvidence: BayesianLinearRegression? {
    let squares = factors.singularValues.map { $0 * $0 }
    guard let greatest = squares.first, greatest > 0, greatest.isFinite else { return nil }
    let ratios = (0...Self.scanSteps).map { log(greatest) + Self.scan.lowerBound + Double($0) * Self.scanWidth }
    let values = ratios.map { profile(exp($0)) }
    guard let best = values.indices.max(by: { values[$0] < values[$1] }), values[best].isFinite,
      best > 0, best < values.count - 1
    else { return nil }
    var (lower, upper) = (ratios[best - 1], ratios[best + 1])
    while true {
      let middle = 0.5 * (lower + upper)
      if middle <= lower || middle >= upper { break }
      if slope(exp(middle)) > 0 { lower = middle } else { upper = middle }
    }
    // A maximum that the scan's ends merely approach is none.
    guard lower > ratios[best - 1], upper < ratios[best + 1] else { return nil }
    let ratio = exp(lower)
    let noisePrecision = Double(observationCount) / misfit(ratio)  // (2)
    guard noisePrecision.isFinite, ratio * noisePrecision > 0 else { return nil }
    return with(priorPrecision: ratio * noisePrecision, noisePrecision: noisePrecision)
  }

  /// log λ over the greatest s².
  private static let scan = -40.0...25.0
  private static let scanSteps = 650
  private static var scanWidth: Double { (scan.upperBound - scan.lowerBound) / Double(scanSteps) }

  /// Q(λ).
  private func misfit(_ ratio: Double) -> Double {
    zip(factors.singularValues, factors.targets).reduce(factors.residual) {
      $0 + $1.1 * $1.1 * ratio / (ratio + $1.0 * $1.0)
    }
  }

  /// (1) at (2), up to a constant.
  private func profile(_ ratio: Double) -> Double {
    let volume = factors.singularValues.reduce(0) { $0 + log1p($1 * $1 / ratio) }
    return -0.5 * volume - 0.5 * Double(observationCount) * log(misfit(ratio))
  }

  /// Equation (3).
  private func slope(_ ratio: Double) -> Double {
    var (determined, change) = (0.0, 0.0)
    for (value, target) in zip(factors.singularValues, factors.targets) {
      let share = value * value / (ratio + value * value)
      determined += share
      change += target * target * share * ratio / (ratio + value * value)
    }
    return 0.5 * determined - 0.5 * Double(observationCount) * change / misfit(ratio)
  }
}
