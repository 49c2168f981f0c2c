//  WassersteinDistance.swift — distances between empirical distributions on the line.
//
//  Equation   (1) W_pᵖ = ∫₀¹ |F⁻¹(u) − G⁻¹(u)|ᵖ du
//
//  For samples, both quantile functions are steps: (1) is a sum over the common refinement of the steps i/M and j/K, which for
//  M = K pairs the sorted samples.
//
//  Cost       two sorts.

import Foundation

/// Wasserstein distances of two sets of samples of one number; sets of different sizes are allowed.
public enum WassersteinDistance {
  /// W₁, in the unit of the samples. Precondition: neither set is empty.
  public static func first(_ a: [Double], _ b: [Double]) -> Double { cost(a, b) { abs($0) } }

  /// W₂, in the unit of the samples. Precondition: neither set is empty.
  public static func second(_ a: [Double], _ b: [Double]) -> Double { cost(a, b) { $0 * $0 }.squareRoot() }

  /// The integral in (1), for a cost of a distance.
  private static func cost(_ a: [Double], _ b: [Double], _ cost: (Double) -> Double) -> Double {
    precondition(!a.isEmpty && !b.isEmpty, "the distance of \(a.count) samples from \(b.count) is not defined")
    let (a, b) = (a.sorted(), b.sorted())
    // Positions on [0, 1] in units of 1/(M K), where every step ends at a whole number.
    var (i, j, position, sum) = (0, 0, 0, 0.0)
    while i < a.count {
      let end = min((i + 1) * b.count, (j + 1) * a.count)
      sum += Double(end - position) * cost(a[i] - b[j])
      position = end
      if end == (i + 1) * b.count { i += 1 }
      if end == (j + 1) * a.count { j += 1 }
    }
    return sum / (Double(a.count) * Double(b.count))
  }
}
