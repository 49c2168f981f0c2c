//  GaussianMixture.swift — the prediction for one number: a Gaussian for each posterior draw, all of one weight.
//
//  Notation   μᵢ, σᵢ  mean and standard deviation given draw i, i = 1…S     zᵢ = (y − μᵢ) / σᵢ
//             τᵢ, gᵢ  the deviation of the noise, and of what the draw itself does not know of its mean
//
//  Equations  (1) p(y)  = 1/S Σᵢ N(y; μᵢ, σᵢ²),  σᵢ² = τᵢ² + gᵢ²
//             (2) F(y)  = 1/S Σᵢ Φ(zᵢ)
//             (3) Var y = (Var μᵢ + 1/S Σᵢ gᵢ²) + 1/S Σᵢ τᵢ²: ignorance (epistemic) and noise (aleatoric)
//
//  Most posteriors have gᵢ = 0: their draws are functions. A Gaussian process, or a network linearised at its mode, integrates
//  over functions in closed form: S = 1, and all ignorance is in g.

import Foundation

/// A mixture of Gaussians with equal weights.
public struct GaussianMixture: NumberDistribution, Hashable {
  /// μ. Shape [S].
  public let means: [Double]
  /// σ. Shape [S].
  public let standardDeviations: [Double]
  /// τ. Shape [S].
  public let noiseDeviations: [Double]
  /// g. Shape [S].
  public let functionDeviations: [Double]

  /// Precondition: as many means as standard deviations, at least one; no standard deviation is negative.
  public init(means: [Double], standardDeviations: [Double]) {
    self.init(
      means: means, noiseDeviations: standardDeviations,
      functionDeviations: [Double](repeating: 0, count: standardDeviations.count))
  }

  /// Precondition: as many means as deviations of each kind, at least one; no deviation is negative.
  public init(means: [Double], noiseDeviations: [Double], functionDeviations: [Double]) {
    precondition(
      means.count == noiseDeviations.count && means.count == functionDeviations.count && !means.isEmpty,
      "a mixture has a mean and a standard deviation for each draw, not \(means.count) and \(noiseDeviations.count), "
        + "with \(functionDeviations.count) of the function")
    precondition(
      !noiseDeviations.contains { $0 < 0 } && !functionDeviations.contains { $0 < 0 },
      "a standard deviation is not negative")
    self.means = means
    self.noiseDeviations = noiseDeviations
    self.functionDeviations = functionDeviations
    standardDeviations = zip(noiseDeviations, functionDeviations).map(Self.total)
  }

  /// √(τ² + g²), and τ itself where the draw knows its mean.
  static func total(_ noise: Double, _ function: Double) -> Double {
    function == 0 ? noise : (noise * noise + function * function).squareRoot()
  }

  /// A single Gaussian.
  public init(mean: Double, standardDeviation: Double) {
    self.init(means: [mean], standardDeviations: [standardDeviation])
  }

  public var mean: Double { average(means) }

  /// The variance of the draws' means and what each draw does not know of its own, the first term of (3).
  public var epistemicVariance: Double {
    let mean = mean
    return average(means) { ($0 - mean) * ($0 - mean) } + average(functionDeviations) { $0 * $0 }
  }

  /// The mean of the noise variances, the second term of (3).
  public var aleatoricVariance: Double { average(noiseDeviations) { $0 * $0 } }

  /// log p(y), equation (1). Unit: nats.
  public func logDensity(_ y: Double) -> Double {
    let terms = zip(means, standardDeviations).map { StandardNormal.logDensity((y - $0) / $1) - log($1) }
    return logSumOfExponentials(terms) - log(Double(means.count))
  }

  /// F(y), equation (2): the probability integral transform of y.
  public func cumulative(_ y: Double) -> Double { averageOverDraws { StandardNormal.cumulative((y - $0) / $1) } }

  /// 1 − F(y) without cancellation.
  public func survival(_ y: Double) -> Double { averageOverDraws { StandardNormal.cumulative(($0 - y) / $1) } }

  /// p(y), equation (1).
  func density(_ y: Double) -> Double { averageOverDraws { StandardNormal.density((y - $0) / $1) / $1 } }

  private func averageOverDraws(_ value: (_ mean: Double, _ standardDeviation: Double) -> Double) -> Double {
    var sum = 0.0
    for draw in means.indices { sum += value(means[draw], standardDeviations[draw]) }
    return sum / Double(means.count)
  }
}
