//  Philox.swift — the library's random streams: counter-based, so that a number depends on where it stands and on nothing else.
//
//  Block b of a stream is Philox 4x32-10 with the seed as its key and (b, stream) as its counter: 128 bits, taken as two
//  numbers of 64 bits.                                                                             [Salmon et al. 2011]

import CKernels

/// A random number generator. Number i of a stream is a pure function of (seed, stream, i).
public struct Philox: RandomNumberGenerator, Hashable, Sendable, Codable {
  private let seed: UInt64
  private let stream: UInt64
  /// How many numbers were taken.
  private var position: UInt64 = 0

  public init(seed: UInt64, stream: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
  }

  public mutating func next() -> UInt64 {
    let block = Self.block(seed, position / 2, stream)
    defer { position += 1 }
    return position % 2 == 0 ? block.0 : block.1
  }

  /// A stream of its own for each number, independent of this one and of the others.
  public func substream(_ number: UInt64) -> Philox {
    let mixed = Self.block(seed ^ 0x6A09_E667_F3BC_C908, number, stream)
    return Philox(seed: seed ^ mixed.0, stream: mixed.1)
  }

  private static func block(_ key: UInt64, _ low: UInt64, _ high: UInt64) -> (UInt64, UInt64) {
    func word(_ value: UInt64, _ shift: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value >> shift) }
    var counter = (word(low, 0), word(low, 32), word(high, 0), word(high, 32))
    var keys = (word(key, 0), word(key, 32))
    return withUnsafeMutableBytes(of: &counter) { counter in
      withUnsafeMutableBytes(of: &keys) { keys in
        let words = counter.assumingMemoryBound(to: UInt32.self)
        credence_philox(words.baseAddress, keys.assumingMemoryBound(to: UInt32.self).baseAddress, words.baseAddress)
        return (
          UInt64(words[0]) | UInt64(words[1]) << 32, UInt64(words[2]) | UInt64(words[3]) << 32
        )
      }
    }
  }
}
