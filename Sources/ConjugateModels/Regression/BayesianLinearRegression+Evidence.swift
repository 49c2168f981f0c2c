//  BayesianLinearRegression+Evidence.swift — precisions of prior and noise by maximal evidence.
//
//  Notation   λ = α/β     Q(λ) = ρ + Σ z² λ/(λ + s²)
//
//  Equations  (1) log p(y) = N/2 log(β/2π) + 1/2 Σ log(λ/(λ + s²)) − β Q(λ)/2
//             (2) for given λ the greatest is at β = N/Q(λ)
//             (3) d log p / d log λ at (2) = 1/2 Σ s²/(λ + s²) − N/2 · Σ z² λ s²/(λ + s²)² / Q
//             (4) for given α, d log p / d log β = N/2 − 1/2 Σ βs²/(α + βs²) − β/2 (ρ + Σ z² α²/(α + βs²)²)
//             (5) for given β, d log p / d log α = 1/2 Σ βs²/(α + βs²) − 1/2 Σ z² β² s² α/(α + βs²)²
//             (6) as λ grows, (1) at (2) goes to N/2 log(N/2π|y|²) − N/2, with an error below Σ s²/2λ + Σ z² s² N/(2λ|y|²)
//
//  With (2) the search has one dimension. log λ is scanned first, since (1) can have several maxima, and the zero of (3)
//  beside the best point is found by bisection. Fixed-point iterations need hundreds of steps where data say little.

import Foundation

extension BayesianLinearRegression {
  /// The same data at the precisions that maximise the evidence; `nil` where nothing is more than what the evidence goes to as the weights
  /// vanish or as the noise vanishes.
  public var maximizingEvidence: BayesianLinearRegression? {
    let squares = factors.singularValues.map { $0 * $0 }
    guard let greatest = squares.first, greatest > 0, greatest.isFinite else { return nil }
    guard
      let logRatio = interiorMaximum(
        over: spectrum, profile: { profile(exp($0)) }, slope: { slope(exp($0)) })
    else { return nil }
    let ratio = exp(logRatio)
    let noisePrecision = Double(observationCount) / misfit(ratio)  // (2)
    guard noisePrecision.isFinite, ratio * noisePrecision > 0 else { return nil }
    return with(priorPrecision: ratio * noisePrecision, noisePrecision: noisePrecision)
  }

  /// The same data with weights that all but vanish, and the noise of greatest evidence: what (1) goes to where it grows as the weights
  /// vanish. Its evidence is the limit (6) to 10⁻⁹ nats, and no maximisation can give less. `nil` where all targets are 0.
  public var vanishingWeights: BayesianLinearRegression? {
    let size = factors.targets.reduce(factors.residual) { $0 + $1 * $1 }
    let noisePrecision = Double(observationCount) / size
    let squares = factors.singularValues.map { $0 * $0 }
    let explained = zip(squares, factors.targets).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    let ratio = max(1e9 * (squares.reduce(0, +) + noisePrecision * explained), 1)
    guard size > 0, (ratio * noisePrecision).isFinite else { return nil }
    return with(priorPrecision: ratio * noisePrecision, noisePrecision: noisePrecision)  // (6)
  }

  /// The same data and prior at the noise precision that maximises the evidence; `nil` before the first row and where the
  /// evidence grows without end as the noise vanishes.
  public var maximizingEvidenceOfNoise: BayesianLinearRegression? {
    let size = factors.targets.reduce(factors.residual) { $0 + $1 * $1 }
    guard size > 0, size.isFinite else { return nil }
    let start = log(Double(observationCount) / size)
    let logPrecision = interiorMaximum(
      over: start - 5...start + 60,
      profile: { with(priorPrecision: priorPrecision, noisePrecision: exp($0)).logEvidence },
      slope: { noiseSlope(exp($0)) })
    return logPrecision.map { with(priorPrecision: priorPrecision, noisePrecision: exp($0)) }
  }

  /// The same data and noise at the prior precision that maximises the evidence; `nil` where the evidence grows without end as the
  /// weights vanish, or as they become free.
  public var maximizingEvidenceOfPrior: BayesianLinearRegression? {
    guard factors.singularValues.first.map({ $0 > 0 && $0.isFinite }) ?? false else { return nil }
    let offset = log(noisePrecision)
    let logPrecision = interiorMaximum(
      over: spectrum.lowerBound + offset...spectrum.upperBound + offset,
      profile: { with(priorPrecision: exp($0), noisePrecision: noisePrecision).logEvidence },
      slope: { priorSlope(exp($0)) })
    return logPrecision.map { with(priorPrecision: exp($0), noisePrecision: noisePrecision) }
  }

  /// log λ from far below the least s² that is more than rounding, to far above the greatest.
  private var spectrum: ClosedRange<Double> {
    let greatest = log(factors.singularValues[0]) * 2
    let least = factors.singularValues.last { $0 > 0 && 2 * log($0) > greatest - 72 }.map { 2 * log($0) } ?? greatest
    return least - 40...greatest + 25
  }

  /// Where a function has its greatest value, by a scan in steps of a tenth and then the zero of its slope; `nil` where that is at
  /// an end, or no more than at an end but for rounding: a ridge has no maximum.
  private func interiorMaximum(
    over range: ClosedRange<Double>, profile: (Double) -> Double, slope: (Double) -> Double
  ) -> Double? {
    let points = Array(stride(from: range.lowerBound, through: range.upperBound, by: 0.1))
    let values = points.map(profile)
    guard let best = values.indices.max(by: { values[$0] < values[$1] }), values[best].isFinite,
      best > 0, best < values.count - 1,
      values[best] > max(values[0], values[values.count - 1]) + 1e-9 + 1e-14 * abs(values[best])
    else { return nil }
    var (lower, upper) = (points[best - 1], points[best + 1])
    while true {
      let middle = 0.5 * (lower + upper)
      if middle <= lower || middle >= upper { break }
      if slope(middle) > 0 { lower = middle } else { upper = middle }
    }
    // A slope without a sign change has no zero here.
    return lower > points[best - 1] && upper < points[best + 1] ? lower : nil
  }

  /// Equation (4).
  private func noiseSlope(_ beta: Double) -> Double {
    var (determined, rest) = (0.0, factors.residual)
    for (value, target) in zip(factors.singularValues, factors.targets) {
      let total = priorPrecision + beta * value * value
      determined += beta * value * value / total
      rest += target * target * priorPrecision * priorPrecision / (total * total)
    }
    return 0.5 * (Double(observationCount) - determined - beta * rest)
  }

  /// Equation (5).
  private func priorSlope(_ alpha: Double) -> Double {
    zip(factors.singularValues, factors.targets).reduce(0) { sum, pair in
      let determined = noisePrecision * pair.0 * pair.0
      let total = alpha + determined
      return sum + 0.5 * determined / total * (1 - noisePrecision * pair.1 * pair.1 * alpha / total)
    }
  }

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
