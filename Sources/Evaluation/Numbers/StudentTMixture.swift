//  StudentTMixture.swift — the prediction for one number with heavy-tailed noise: a Student-t for each posterior draw.
//
//  Notation   ν  degrees of freedom     mᵢ, sᵢ  location and scale given draw i, i = 1…S     zᵢ = (y − mᵢ) / sᵢ
//
//  Equations  (1) p(y)  = 1/S Σᵢ t_ν(zᵢ) / sᵢ
//             (2) F(y)  = 1/S Σᵢ T_ν(zᵢ)
//             (3) Var y = Var mᵢ + ν/(ν − 2) · 1/S Σᵢ sᵢ²  for ν > 2
//
//  There is no mean for ν ≤ 1 and no finite variance for ν ≤ 2: the median and intervals are there for every ν.

import Foundation

/// A mixture of Student-t distributions with equal weights and common degrees of freedom.
public struct StudentTMixture: NumberDistribution, Hashable {
  public let degreesOfFreedom: Double
  /// m. Shape [S].
  public let locations: [Double]
  /// s. Shape [S].
  public let scales: [Double]

  /// Precondition: degreesOfFreedom > 0; as many locations as scales, at least one; no scale is negative.
  public init(degreesOfFreedom: Double, locations: [Double], scales: [Double]) {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    precondition(
      locations.count == scales.count && !locations.isEmpty,
      "a mixture has a location and a scale for each draw, not \(locations.count) and \(scales.count)")
    precondition(!scales.contains { $0 < 0 }, "a scale is not negative")
    self.degreesOfFreedom = degreesOfFreedom
    self.locations = locations
    self.scales = scales
  }

  private var standard: StandardStudentT { StandardStudentT(degreesOfFreedom: degreesOfFreedom) }

  /// Not a number for ν ≤ 1.
  public var mean: Double { degreesOfFreedom > 1 ? average(locations) : .nan }

  /// The variance of the draws' means, the first term of (3). Not a number for ν ≤ 1.
  public var epistemicVariance: Double {
    let mean = mean
    return average(locations) { ($0 - mean) * ($0 - mean) }
  }

  /// The mean of the draws' variances, the second term of (3). Infinite for ν ≤ 2.
  public var aleatoricVariance: Double {
    guard degreesOfFreedom > 2 else { return .infinity }
    return degreesOfFreedom / (degreesOfFreedom - 2) * average(scales) { $0 * $0 }
  }

  /// log p(y), equation (1). Unit: nats.
  public func logDensity(_ y: Double) -> Double {
    let standard = standard
    let terms = zip(locations, scales).map { standard.logDensity((y - $0) / $1) - log($1) }
    return logSumOfExponentials(terms) - log(Double(terms.count))
  }

  /// F(y), equation (2).
  public func cumulative(_ y: Double) -> Double { Self.cumulative(y, self, standard) }

  /// 1 − F(y) without cancellation.
  public func survival(_ y: Double) -> Double { Self.survival(y, self, standard) }

  /// The y with F(y) = p: −∞ at 0, ∞ at 1, not a number outside of [0, 1].
  ///
  /// It lies between the least and the greatest of the components' quantiles.
  public func quantile(_ p: Double) -> Double {
    let standard = standard
    let z = standard.quantile(p)
    let quantiles = zip(locations, scales).map { $0 + $1 * z }
    guard z.isFinite, quantiles.allSatisfy(\.isFinite), let lower = quantiles.min(), let upper = quantiles.max() else {
      return z.isInfinite ? z : .nan
    }
    return bracketedRoot(
      lower, upper,
      excess: { p <= 0.5 ? Self.cumulative($0, self, standard) - p : (1 - p) - Self.survival($0, self, standard) },
      slope: { y in averageOverDraws { standard.density((y - $0) / $1) / $1 } })
  }

  static func cumulative(_ y: Double, _ mixture: StudentTMixture, _ standard: StandardStudentT) -> Double {
    mixture.averageOverDraws { standard.cumulative((y - $0) / $1) }
  }

  static func survival(_ y: Double, _ mixture: StudentTMixture, _ standard: StandardStudentT) -> Double {
    mixture.averageOverDraws { standard.cumulative(($0 - y) / $1) }
  }

  private func averageOverDraws(_ value: (_ location: Double, _ scale: Double) -> Double) -> Double {
    var sum = 0.0
    for draw in locations.indices { sum += value(locations[draw], scales[draw]) }
    return sum / Double(locations.count)
  }
}
