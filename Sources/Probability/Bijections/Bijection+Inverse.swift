//  Bijection+Inverse.swift — from where a parameter lies back to ℝⁿ, for starting points.

import Foundation

extension Bijection {
  /// u with f(u) = x; `nil` where x does not lie in the image.
  ///
  /// - Parameter x: Row-major.
  public func inverse(_ x: [Double]) -> [Double]? {
    switch self {
    case .real: return x.allSatisfy(\.isFinite) ? x : nil
    case .above(let bound): return x.allSatisfy { $0 > bound } ? x.map { Foundation.log($0 - bound) } : nil
    case .below(let bound): return x.allSatisfy { $0 < bound } ? x.map { Foundation.log(bound - $0) } : nil
    case .between(let lower, let upper):
      guard x.allSatisfy({ $0 > lower && $0 < upper }) else { return nil }
      return x.map { Foundation.log($0 - lower) - Foundation.log(upper - $0) }
    case .ordered:
      guard zip(x, x.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
      return Array(x.prefix(1)) + zip(x, x.dropFirst()).map { Foundation.log($1 - $0) }
    case .simplex:
      guard x.count > 1, x.allSatisfy({ $0 > 0 }), Swift.abs(x.reduce(0, +) - 1) < 1e-9 else { return nil }
      // The rest is summed from the end, where subtraction from 1 would cancel.
      var rest = x[x.count - 1]
      var u: [Double] = []
      for k in (0..<x.count - 1).reversed() {
        u.append(Foundation.log(x[k]) - Foundation.log(rest) + Foundation.log(Double(x.count - 1 - k)))
        rest += x[k]
      }
      return u.reversed()
    }
  }
}
