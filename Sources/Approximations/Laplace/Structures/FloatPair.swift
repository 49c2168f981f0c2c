//  FloatPair.swift — a `Double` as the sum of two `Float`s, for files that hold `Float`s.
//
//  Equation   x ≈ h + l,  h = Float(x),  l = Float(x − h):  off by 2⁻⁴⁸ |x| at most, and exact for whole numbers below 2⁴⁸

import Arrays

enum FloatPair {
  /// x as a pair can hold it.
  static func rounded(_ x: Double) -> Double { Double(Float(x)) + Double(low(x)) }

  private static func low(_ x: Double) -> Float { Float(x - Double(Float(x))) }
}

extension PosteriorContents {
  /// Keeps numbers that `FloatPair.rounded` does not change, as the arrays NAME.high and NAME.low.
  mutating func setPairs(_ name: String, _ numbers: [Double]) {
    arrays[name + ".high"] = DenseArray(numbers.map { Float($0) })
    arrays[name + ".low"] = DenseArray(numbers.map { Float($0 - Double(Float($0))) })
  }

  /// What `setPairs` has kept.
  ///
  /// - Parameter count: How many there must be; `nil` for any number from 1.
  /// - Throws: `PosteriorFault` when they are not there, or not so many, or not finite.
  func pairs(_ name: String, count: Int?) throws(PosteriorFault) -> [Double] {
    let high = try array(name + ".high", shape: [count])
    let low = try array(name + ".low", shape: [high.count])
    return zip(high.elements, low.elements).map { Double($0) + Double($1) }
  }
}
