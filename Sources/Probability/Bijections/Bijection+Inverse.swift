//  Bijection+Inverse.swift — from where a parameter lies back to ℝⁿ, for starting points.

public import Arrays
import Foundation

extension Bijection {
  /// u with f(u) = x; `nil` where x does not lie in the image.
  ///
  /// - Parameters:
  ///   - x: Row-major.
  ///   - shape: Of x; a vector where it is `nil`.
  public func inverse(_ x: [Double], shape: Shape? = nil) -> [Double]? {
    let shape = shape ?? [x.count]
    guard x.count == shape.count else { return nil }
    switch self {
    case .real: return x.allSatisfy(\.isFinite) ? x : nil
    case .above(let bound): return x.allSatisfy { $0 > bound } ? x.map { Foundation.log($0 - bound) } : nil
    case .below(let bound): return x.allSatisfy { $0 < bound } ? x.map { Foundation.log(bound - $0) } : nil
    case .between(let lower, let upper):
      guard x.allSatisfy({ $0 > lower && $0 < upper }) else { return nil }
      return x.map { Foundation.log($0 - lower) - Foundation.log(upper - $0) }
    case .ordered: return Self.byVectors(x, shape) { Self.unordered($0) { $0 } }
    case .positiveOrdered:
      return Self.byVectors(x, shape) { x in x[0] > 0 ? Self.unordered(x) { Foundation.log($0) } : nil }
    case .simplex: return Self.byVectors(x, shape, Self.sticks)
    case .unitVector:
      return Self.byVectors(x, shape) { x in
        Swift.abs(x.reduce(0) { $0 + $1 * $1 } - 1) < 1e-9 ? x : nil
      }
    case .zeroSum:
      return Self.byVectors(x, shape) { x in
        let size = x.reduce(0) { $0 + Swift.abs($1) }
        guard size.isFinite, Swift.abs(x.reduce(0, +)) <= 1e-9 * Swift.max(size, 1) else { return nil }
        let contrasts = Self.contrasts(x.count)
        return (0..<x.count - 1).map { j in x.indices.reduce(0) { $0 + contrasts[$1, j] * x[$1] } }
      }
    case .correlationFactor: return Self.partialCorrelations(x, shape[0])
    case .covariance: return Self.logFactor(x, shape[0])
    }
  }

  /// Vector by vector, along the last axis.
  private static func byVectors(_ x: [Double], _ shape: Shape, _ body: ([Double]) -> [Double]?) -> [Double]? {
    guard let width = shape.extents.last, width > 0 else { return nil }
    var u: [Double] = []
    for start in stride(from: 0, to: x.count, by: width) {
      guard let part = body(Array(x[start..<start + width])) else { return nil }
      u += part
    }
    return u
  }

  private static func unordered(_ x: [Double], first: (Double) -> Double) -> [Double]? {
    guard zip(x, x.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
    return [first(x[0])] + zip(x, x.dropFirst()).map { Foundation.log($1 - $0) }
  }

  private static func sticks(_ x: [Double]) -> [Double]? {
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

  private static func partialCorrelations(_ x: [Double], _ size: Int) -> [Double]? {
    guard x.count == size * size else { return nil }
    var u: [Double] = []
    for row in 0..<size {
      var rest = 1.0
      for column in 0..<size {
        let entry = x[row * size + column]
        if column < row {
          let z = entry / rest.squareRoot()
          guard Swift.abs(z) < 1 else { return nil }
          u.append(Foundation.atanh(z))
          rest -= entry * entry
        } else {
          let wanted = column == row ? rest.squareRoot() : 0
          guard Swift.abs(entry - wanted) < 1e-9 else { return nil }
        }
      }
    }
    return u
  }

  /// L row by row, with the logarithm of its diagonal.
  private static func logFactor(_ x: [Double], _ size: Int) -> [Double]? {
    guard x.count == size * size else { return nil }
    var factor = [Double](repeating: 0, count: x.count)
    var u: [Double] = []
    for row in 0..<size {
      for column in 0...row {
        let entry = x[row * size + column]
        guard Swift.abs(entry - x[column * size + row]) <= 1e-9 * Swift.abs(entry) else { return nil }
        let rest = (0..<column).reduce(entry) { $0 - factor[row * size + $1] * factor[column * size + $1] }
        guard column < row || rest > 0 else { return nil }
        let value = column < row ? rest / factor[column * size + column] : rest.squareRoot()
        factor[row * size + column] = value
        u.append(column < row ? value : Foundation.log(value))
      }
    }
    return u
  }
}
