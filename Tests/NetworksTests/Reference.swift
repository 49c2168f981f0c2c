//  Reference.swift — the golden values of this target, and numbers to try things on.

import Arrays
import Foundation
import GoldenValues

extension Reference {
  init(_ name: String) throws { try self.init(name, in: .module) }
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
