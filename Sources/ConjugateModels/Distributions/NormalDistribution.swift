//  NormalDistribution.swift — N(μ, σ²).

import Evaluation
import Foundation

/// The normal distribution with mean μ and variance σ².
public struct NormalDistribution: UnivariateDistribution, Hashable, Codable {
  public let mean: Double
  public let variance: Double

  /// A variance that is not a number or infinite, as of a prediction that overflows, is taken as it is: what is asked of the
  /// distribution is then not a number, or infinite.
  ///
  /// Precondition: variance is neither 0 nor negative.
  public init(mean: Double, variance: Double) {
    precondition(!(variance <= 0), "a normal distribution of variance \(variance): it is positive")
    self.mean = mean
    self.variance = variance
  }

  public func logDensity(_ x: Double) -> Double { StandardNormal.logDensity(score(x)) - 0.5 * log(variance) }
  public func cumulative(_ x: Double) -> Double { StandardNormal.cumulative(score(x)) }
  public func survival(_ x: Double) -> Double { StandardNormal.cumulative(-score(x)) }
  public func quantile(_ p: Double) -> Double { mean + standardDeviation * StandardNormal.quantile(p) }

  private func score(_ x: Double) -> Double { (x - mean) / standardDeviation }
}
