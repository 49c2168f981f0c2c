//  GridPosterior.swift — a posterior of up to three parameters by numerical integration.
//
//  Notation   θⱼ, vⱼ  nodes and weights of a product of Gauss–Legendre rules over a box     ℓⱼ = log p(D, θⱼ)
//
//  Equations  (1) log p(D) ≈ log Σⱼ vⱼ exp ℓⱼ
//             (2) E f ≈ Σⱼ wⱼ f(θⱼ),   wⱼ = vⱼ exp(ℓⱼ − log p(D))
//
//  For a density that is smooth in the box, the error falls exponentially in the number of nodes; what lies outside of the
//  box is missed. The reference for small posteriors. Cost nᴰ evaluations.

import Evaluation
import Foundation

/// Weighted points that stand for a posterior.
public struct GridPosterior: Sendable {
  /// D.
  public let dimension: Int
  /// θⱼ, the last parameter fastest.
  public let points: [[Double]]
  /// wⱼ, with sum 1.
  public let weights: [Double]
  /// log p(D), equation (1). Unit: nats.
  public let logEvidence: Double
  private let rules: [GaussLegendre]

  /// Integrates over a box.
  ///
  /// - Parameters:
  ///   - ranges: One a parameter, one to three.
  ///   - nodes: n along each.
  ///   - logDensity: log p(D, θ). Unit: nats.
  ///
  /// Precondition: one to three ranges. The log density is a number below +∞ at every node, and above −∞ at one of them at least.
  public init(over ranges: [ClosedRange<Double>], nodes: Int = 100, logDensity: ([Double]) -> Double) {
    precondition((1...3).contains(ranges.count), "\(ranges.count) parameters: a grid holds one to three")
    let rules = ranges.map { GaussLegendre(count: nodes, over: $0) }
    var points: [[Double]] = [[]]
    var volumes = [1.0]
    for rule in rules {
      points = points.flatMap { point in rule.nodes.map { point + [$0] } }
      volumes = volumes.flatMap { volume in rule.weights.map { volume * $0 } }
    }
    let terms = zip(points, volumes).map { logDensity($0) + log($1) }
    precondition(!terms.contains(where: \.isNaN), "the log density is not a number within the box")
    let total = logSumOfExponentials(terms)
    precondition(
      total.isFinite,
      "the log density is \(total > 0 ? "+∞ within the box" : "−∞ at all \(terms.count) nodes of the box: widen it, or move it")"
    )
    dimension = ranges.count
    self.points = points
    self.rules = rules
    logEvidence = total
    weights = terms.map { exp($0 - total) }
  }

  /// E f, equation (2).
  public func expectation(_ function: ([Double]) -> Double) -> Double {
    zip(points, weights).reduce(0) { $0 + $1.1 * function($1.0) }
  }

  /// Shape [D].
  public var means: [Double] { (0..<dimension).map { axis in expectation { $0[axis] } } }

  /// Shape [D, D].
  public var covariance: [[Double]] {
    let means = means
    return (0..<dimension).map { i in
      (0..<dimension).map { j in expectation { ($0[i] - means[i]) * ($0[j] - means[j]) } }
    }
  }

  /// The density of one parameter alone at the nodes of its axis.
  public func marginal(_ axis: Int) -> (nodes: [Double], densities: [Double]) {
    precondition((0..<dimension).contains(axis), "parameter \(axis) of \(dimension)")
    let inner = rules[(axis + 1)...].reduce(1) { $0 * $1.nodes.count }
    var sums = [Double](repeating: 0, count: rules[axis].nodes.count)
    for (index, weight) in weights.enumerated() { sums[index / inner % sums.count] += weight }
    return (rules[axis].nodes, zip(sums, rules[axis].weights).map { $0 / $1 })
  }
}
