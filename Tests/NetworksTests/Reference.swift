//  Reference.swift — golden values from fixtures, and the comparison that all tests use.

import Arrays
import Foundation
import Programs
import Testing

/// A part of a JSON file of golden values.
struct Reference {
  private let value: Any

  init(_ name: String) throws {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    value = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
  }

  private init(value: Any) { self.value = value }

  subscript(key: String) -> Reference {
    get throws { Reference(value: try #require((value as? [String: Any])?[key], "no key \(key)")) }
  }

  var keys: [String] { (value as? [String: Any])?.keys.sorted() ?? [] }

  /// A nested list as an array.
  var array: DenseArray<Double> {
    get throws {
      var shape: [Int] = []
      var inner = value
      while let list = inner as? [Any] {
        shape.append(list.count)
        inner = try #require(list.first)
      }
      return DenseArray(try Reference.flat(value), shape: Shape(shape))
    }
  }

  var number: Double { get throws { try #require(value as? Double) } }
  var text: String { get throws { try #require(value as? String) } }
  var texts: [String] { get throws { try #require(value as? [String]) } }
  var integers: [Int] { get throws { try #require(value as? [Int]) } }

  private static func flat(_ value: Any) throws -> [Double] {
    if let list = value as? [Any] { return try list.flatMap { try flat($0) } }
    return [try #require(value as? Double)]
  }
}

/// The largest difference, relative to the largest entry of what is expected. Infinite when shapes differ or on NaN.
func relativeDifference(_ actual: DenseArray<Double>, _ expected: DenseArray<Double>) -> Double {
  guard actual.shape == expected.shape else { return .infinity }
  let scale = expected.elements.map(abs).max() ?? 0
  let worst = zip(actual.elements, expected.elements).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
  return worst.isNaN ? .infinity : worst / (scale == 0 ? 1 : scale)
}

/// Numbers in (−1, 1) that look random, the same each time.
func sample(_ shape: Shape, seed: UInt64 = 1) -> DenseArray<Double> {
  var generator = SplitMix(state: seed)
  return DenseArray((0..<shape.count).map { _ in Double.random(in: -1..<1, using: &generator) }, shape: shape)
}

/// A small generator with a seed. [Steele 2014]
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The natural logarithm of a number.
func logOf(_ x: Double) -> Double { Foundation.log(x) }
