//  NormalMixture.swift — normal distributions with weights.
//
//  Quantiles lie between the least and the greatest of the components' quantiles; within this bracket by bisection. Where an end of it is
//  not finite, the quantile is not a number.

import Evaluation
import Foundation

/// A weighted mixture of normal distributions.
public struct NormalMixture: UnivariateDistribution, Hashable, Codable {
  /// They sum to 1.
  public let weights: [Double]
  public let components: [NormalDistribution]

  /// Precondition: a weight for each component, none negative, with sum 1 up to rounding; at least one.
  public init(weights: [Double], components: [NormalDistribution]) {
    precondition(
      weights.count == components.count && weights.allSatisfy { $0 >= 0 } && abs(weights.reduce(0, +) - 1) < 1e-9,
      "weights \(weights) for \(components.count) components: they sum to 1")
    self.weights = weights
    self.components = components
  }

  public func logDensity(_ x: Double) -> Double {
    logSumOfExponentials(zip(weights, components).map { log($0) + $1.logDensity(x) })
  }

  public var mean: Double { sum { $0.mean } }

  public var variance: Double {
    let mean = mean
    return sum { $0.variance + ($0.mean - mean) * ($0.mean - mean) }
  }

  public func cumulative(_ x: Double) -> Double { sum { $0.cumulative(x) } }
  public func survival(_ x: Double) -> Double { sum { $0.survival(x) } }

  public func quantile(_ p: Double) -> Double {
    let used = zip(weights, components).filter { $0.0 > 0 }.map { $0.1.quantile(p) }
    guard p > 0, p < 1, var lower = used.min(), var upper = used.max() else { return used[0] }
    guard used.allSatisfy(\.isFinite) else { return .nan }
    while true {
      let middle = 0.5 * (lower + upper)
      if middle <= lower || middle >= upper { return middle }
      let isBelow = p <= 0.5 ? cumulative(middle) < p : survival(middle) > 1 - p
      if isBelow { lower = middle } else { upper = middle }
    }
  }

  private func sum(_ term: (NormalDistribution) -> Double) -> Double {
    zip(weights, components).reduce(0) { $0 + $1.0 * term($1.1) }
  }
}
