//  GaussianMixture.swift — the prediction for one number: a Gaussian for each posterior draw, all of one weight.
//
//  Notation   μᵢ, σᵢ  mean and standard deviation given draw i, i = 1…S     zᵢ = (y − μᵢ) / σᵢ
//
//  Equations  (1) p(y)  = 1/S Σᵢ N(y; μᵢ, σᵢ²)
//             (2) F(y)  = 1/S Σᵢ Φ(zᵢ)
//             (3) Var y = Var μᵢ + 1/S Σᵢ σᵢ²: what the draws disagree on (epistemic) and the noise (aleatoric)

import Foundation

/// A mixture of Gaussians with equal weights.
public struct GaussianMixture: Hashable, Sendable {
  /// μ. Shape [S].
  public let means: [Double]
  /// σ. Shape [S].
  public let standardDeviations: [Double]

  /// Precondition: as many means as standard deviations, at least one; no standard deviation is negative.
  public init(means: [Double], standardDeviations: [Double]) {
    precondition(
      means.count == standardDeviations.count && !means.isEmpty,
      "a mixture has a mean and a standard deviation for each draw, not \(means.count) and \(standardDeviations.count)")
    precondition(!standardDeviations.contains { $0 < 0 }, "a standard deviation is not negative")
    self.means = means
    self.standardDeviations = standardDeviations
  }

  /// A single Gaussian.
  public init(mean: Double, standardDeviation: Double) {
    self.init(means: [mean], standardDeviations: [standardDeviation])
  }

  public var mean: Double { average(means) }

  /// The variance of the draws' means, the first term of (3).
  public var epistemicVariance: Double {
    let mean = mean
    return average(means) { ($0 - mean) * ($0 - mean) }
  }

  /// The mean of the draws' variances, the second term of (3).
  public var aleatoricVariance: Double { average(standardDeviations) { $0 * $0 } }

  public var standardDeviation: Double { (epistemicVariance + aleatoricVariance).squareRoot() }

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
