//  Densities.swift — the normalising constants of the normal and the Student-t density.

import Foundation

/// N(μ, s²): log p(y) = −½ ((y − μ) / s)² − log s − ½ log 2π.
enum NormalDensity {
  /// ½ log 2π.
  static let halfLogTwoPi = 0.5 * logarithm(2 * Double.pi)

  /// log s + ½ log 2π.
  static func logNormaliser(scale: Double) -> Double { logarithm(scale) + halfLogTwoPi }
}

/// Student's t with ν degrees of freedom:
/// log p(y) = log Γ(½(ν + 1)) − log Γ(½ν) − ½ log νπ − log s − ½ (ν + 1) log(1 + ((y − μ) / s)² / ν).
enum StudentTDensity {
  /// log Γ(½ν) − log Γ(½(ν + 1)) + ½ log νπ + log s.
  static func logNormaliser(degrees: Double, scale: Double) -> Double {
    logGamma(0.5 * degrees) - logGamma(0.5 * (degrees + 1)) + 0.5 * logarithm(degrees * Double.pi) + logarithm(scale)
  }

  /// Arguments above 0. The special functions of `Evaluation` are out of reach: that target knows no density, and this one no score.
  private static func logGamma(_ x: Double) -> Double { Foundation.lgamma(x) }
}

/// The natural logarithm of a number, next to `log` of a tensor.
func logarithm(_ x: Double) -> Double { Foundation.log(x) }
