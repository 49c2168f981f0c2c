//  PhiloxTests.swift — generators as places in streams.

import Arrays
import Foundation
import Testing

@Suite struct PhiloxTests {
  @Test func aDrawIsAFunctionOfSeedStreamAndPosition() {
    var generator = Philox(seed: 1, stream: 2)
    let draws = (0..<10).map { _ in generator.next() }
    #expect(Set(draws).count == 10)
    for (position, draw) in draws.enumerated() {
      var other = Philox(seed: 1, stream: 2, position: UInt64(position))
      #expect(other.next() == draw)
    }
    var elsewhere = [Philox(seed: 2, stream: 1), Philox(seed: 1, stream: 3), Philox(seed: 0, stream: 2)]
    #expect(elsewhere.indices.allSatisfy { elsewhere[$0].next() != draws[0] })
  }

  @Test func aRestoredGeneratorGoesOn() throws {
    var generator = Philox(seed: .max, stream: 7)
    _ = generator.normal()
    _ = generator.permutation(count: 20)
    var restored = try JSONDecoder().decode(Philox.self, from: JSONEncoder().encode(generator))
    #expect(restored == generator)
    #expect(restored.normal() == generator.normal())
    #expect(restored.permutation(count: 20) == generator.permutation(count: 20))
    #expect(restored.normal(shape: [33], as: Float.self) == generator.normal(shape: [33], as: Float.self))
  }

  @Test func substreamsDifferAndIgnoreThePosition() {
    var parent = Philox(seed: 3)
    let before = parent.substream(5)
    _ = parent.next()
    #expect(parent.substream(5) == before)
    var firsts: Set<UInt64> = []
    for index in 0..<100 {
      var child = parent.substream(UInt64(index)), grandchild = child.substream(UInt64(index))
      firsts.formUnion([child.next(), grandchild.next()])
    }
    #expect(firsts.count == 200)
  }

  @Test func successiveFillsDiffer() {
    var generator = Philox(seed: 9)
    let first = generator.normal(shape: [100], as: Double.self)
    let second = generator.normal(shape: [100], as: Double.self)
    #expect(Set(first.elements).isDisjoint(with: second.elements))
    let uniform = generator.uniform(shape: [1000], as: Float.self).elements
    #expect(uniform.allSatisfy { $0 > 0 && $0 < 1 })
    #expect((0..<1000).allSatisfy { _ in (0..<1).contains(generator.uniform()) })
  }

  /// All 24 orders of four elements, by the chi-squared test: 23 degrees of freedom, 49.7 at probability 0.001.
  @Test func permutationsAreUniform() {
    var generator = Philox(seed: 4)
    var counts: [[Int]: Int] = [:]
    let draws = 24_000
    for _ in 0..<draws { counts[generator.permutation(count: 4), default: 0] += 1 }
    let expected = Double(draws) / 24
    let statistic = counts.values.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    #expect(counts.count == 24 && statistic < 49.7)
    #expect(generator.permutation(count: 1000).sorted() == Array(0..<1000))
    #expect(generator.permutation(count: 0).isEmpty && generator.permutation(count: 1) == [0])
  }

  /// A bound of 3·2⁶¹: without rejection the integers below 2⁶¹ would have probability 0.375 and not a third.
  @Test func integersBelowLargeBoundsAreUnbiased() {
    var generator = Philox(seed: 6)
    let part = 1 << 61, draws = 30_000
    let low = (0..<draws).count { _ in generator.integer(below: 3 * part) % 3 == 0 }
    #expect(abs(Double(low) / Double(draws) - 1.0 / 3) < 4 * (2.0 / 9 / Double(draws)).squareRoot())
  }
}
