//  GaussLegendre.swift — nodes and weights that integrate polynomials of degree 2n − 1 exactly.
//
//  Equations  (1) P₀ = 1, P₁ = x, (k+1) P_{k+1} = (2k+1) x P_k − k P_{k−1}
//             (2) nodes: the zeros of P_n;  weights 2 / ((1 − x²) P′_n(x)²),  P′_n = n (x P_n − P_{n−1}) / (x² − 1)
//                                                                     [Abramowitz & Stegun, 25.4]
//
//  Newton's method from cos(π (i − 1/4)/(n + 1/2)), which is near the i-th zero. Cost n² a rule.

import Foundation

/// A rule for the integral over an interval.
public struct GaussLegendre: Sendable {
  /// Ascending. Shape [n].
  public let nodes: [Double]
  /// Shape [n].
  public let weights: [Double]

  /// Precondition: count ≥ 1, a finite range.
  public init(count: Int, over range: ClosedRange<Double>) {
    precondition(count >= 1, "a rule of \(count) nodes")
    let half = 0.5 * (range.upperBound - range.lowerBound)
    let centre = 0.5 * (range.upperBound + range.lowerBound)
    precondition(half.isFinite, "the range of an integral is finite")
    var nodes: [Double] = []
    var weights: [Double] = []
    for i in (1...count).reversed() {
      var x = cos(Double.pi * (Double(i) - 0.25) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<10 {
        let value: Double
        (value, slope) = Self.legendre(count, x)
        let step = value / slope
        x -= step
        if abs(step) < 1e-16 { break }
      }
      slope = Self.legendre(count, x).slope
      nodes.append(centre + half * x)
      weights.append(half * 2 / ((1 - x * x) * slope * slope))
    }
    self.nodes = nodes
    self.weights = weights
  }

  /// P_n and its derivative, equations (1) and (2).
  private static func legendre(_ n: Int, _ x: Double) -> (value: Double, slope: Double) {
    var (previous, value) = (1.0, x)
    for k in 1..<max(n, 1) {
      let k = Double(k)
      (previous, value) = (value, ((2 * k + 1) * x * value - k * previous) / (k + 1))
    }
    return (value, Double(n) * (x * value - previous) / (x * x - 1))
  }
}
