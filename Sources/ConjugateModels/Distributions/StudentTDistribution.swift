//  StudentTDistribution.swift — a normal variable whose variance is inverse-gamma.
//
//  Equation   (1) p(x) = (1 + t²/ν)^(−(ν+1)/2) / (s √ν B(ν/2, 1/2)),  t = (x − μ) / s
//
//  Its tails are those of `StandardStudentT`.

import Evaluation
import Foundation

/// Student's t with ν degrees of freedom, location μ and scale s.
public struct StudentTDistribution: UnivariateDistribution, Hashable, Codable {
  public let degreesOfFreedom: Double
  public let location: Double
  public let scale: Double

  /// Precondition: degreesOfFreedom > 0, scale > 0, both finite.
  public init(degreesOfFreedom: Double, location: Double = 0, scale: Double = 1) {
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite && scale > 0,
      "Student's t with \(degreesOfFreedom) degrees of freedom and scale \(scale): both are positive")
    self.degreesOfFreedom = degreesOfFreedom
    self.location = location
    self.scale = scale
  }

  public func logDensity(_ x: Double) -> Double { standard.logDensity((x - location) / scale) - log(scale) }

  public var mean: Double { degreesOfFreedom > 1 ? location : .nan }

  public var variance: Double {
    let nu = degreesOfFreedom
    return nu > 2 ? scale * scale * nu / (nu - 2) : nu > 1 ? .infinity : .nan
  }

  public func cumulative(_ x: Double) -> Double { standard.cumulative((x - location) / scale) }
  public func survival(_ x: Double) -> Double { standard.cumulative((location - x) / scale) }

  public func quantile(_ p: Double) -> Double { location + scale * standard.quantile(p) }

  private var standard: StandardStudentT { StandardStudentT(degreesOfFreedom: degreesOfFreedom) }
}
