//  LogGamma.swift — log Γ, and differences of it that keep their digits where its values are large.
//
//  Equations  (1) log Γ(a + ½) − log Γ(a) = ½ log a − 1/(8a) + 1/(192a³) − 1/(640a⁵) + 17/(14336a⁷) − 31/(18432a⁹) + …
//             (2) δ(k) = log k! − (k + ½) log k + k − ½ log 2π = 1/(12k) − 1/(360k³) + 1/(1260k⁵) − 1/(1680k⁷) + …
//
//  From a = 20 in (1) and k = 16 in (2) on, the terms left out are below 1e-15.

import Foundation

enum LogGamma {
  /// log Γ(x) for x > 0.
  static func value(_ x: Double) -> Double { Foundation.lgamma(x) }

  /// log Γ(a + ½) − log Γ(a) for a > 0.
  static func halfStep(_ a: Double) -> Double {
    if a < 20 { return value(a + 0.5) - value(a) }
    let r = 1 / (a * a)
    let series = -1 / 8 + r * (1.0 / 192 + r * (-1.0 / 640 + r * (17.0 / 14336 - r * 31 / 18432)))
    return 0.5 * log(a) + series / a  // (1)
  }

  /// δ(k) for k > 0: what Stirling's formula lacks.
  static func stirlingError(_ k: Double) -> Double {
    if k < 16 { return value(k + 1) - (k + 0.5) * log(k) + k - StandardNormal.logNormaliser }
    let r = 1 / (k * k)
    return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r / 1680))) / k  // (2)
  }
}
