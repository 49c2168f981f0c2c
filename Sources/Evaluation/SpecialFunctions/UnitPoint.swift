//  UnitPoint.swift — a number between 0 and 1 that keeps its digits at both ends.

import Foundation

/// x with 1 − x and the logarithms of both, each to full accuracy, even where x or 1 − x underflows.
package struct UnitPoint {
  package let value, complement, logValue, logComplement: Double

  /// Precondition: the two sum to 1 up to rounding, or one is not a number.
  package init(_ value: Double, complement: Double) {
    self.value = value
    self.complement = complement
    logValue = value > 0.5 ? log1p(-complement) : log(value)
    logComplement = complement > 0.5 ? log1p(-value) : log(complement)
  }

  /// q/(1 + q), for q ≥ 0.
  package init(odds q: Double) {
    if q < 1e150 { self.init(q / (1 + q), complement: 1 / (1 + q)) } else { self.init(logit: log(q)) }
  }

  private init(reflecting point: UnitPoint) {
    (value, complement) = (point.complement, point.value)
    (logValue, logComplement) = (point.logComplement, point.logValue)
  }

  /// 1 − x.
  package var reflected: UnitPoint { UnitPoint(reflecting: self) }

  /// The point with log x − log(1 − x) = t.
  init(logit t: Double) {
    let small = exp(-abs(t))
    let (near, far) = (1 / (1 + small), small / (1 + small))
    let (logNear, logFar) = (-log1p(small), -abs(t) - log1p(small))
    (value, complement) = t > 0 ? (near, far) : (far, near)
    (logValue, logComplement) = t > 0 ? (logNear, logFar) : (logFar, logNear)
  }
}
