//  Philox.swift — random numbers as a function of where they are used.
//
//  Philox 4x32-10 maps a counter to 128 random bits under a key. A generator here is a place in a stream: each number is
//  a pure function of (seed, stream, position), and drawing moves the position on by one. Nothing else is
//  remembered; so a generator that is saved and restored goes on as if it had never stopped, and streams never overlap:
//  how a stream enters the counter is written in `philox.h`.
//  Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3".

internal import CKernels

/// A counter-based random number generator.
public struct Philox: RandomNumberGenerator, Sendable {
  /// What the user chooses for a whole run.
  public let seed: UInt64

  /// Which of the 2⁶⁴ independent streams of that seed.
  public let stream: UInt64

  /// How many draws have been made. A fill of any length is one draw.
  public private(set) var position: UInt64

  /// The key and upper counter of the words, a function of seed and stream.
  private let words: credence_random_fill

  /// A place in a stream, by default its beginning.
  public init(seed: UInt64, stream: UInt64 = 0, position: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
    self.position = position
    words = credence_random_fill_of(credence_random_key(seed: seed, stream: stream, step: 0, site: Site.words))
  }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    defer { position &+= 1 }
    return credence_random_word(words, position)
  }

  /// An independent generator, named by `index`, at its beginning. It does not depend on the position of this one.
  ///
  /// Its seed and stream are the 128 bits that Philox gives for (stream, index) under this seed: so that for one seed
  /// two substreams of any two generators are the same only if stream and index are. Against substreams of
  /// substreams the chance of a coincidence among n generators is about n² / 2¹²⁹.
  public func substream(_ index: UInt64) -> Philox {
    let named = credence_random_fill_of(
      credence_random_key(seed: seed, stream: stream, step: index, site: Site.substreams))
    return Philox(
      seed: UInt64(named.key.0) | UInt64(named.key.1) << 32, stream: UInt64(named.high.0) | UInt64(named.high.1) << 32)
  }

  /// The sites of the key space that generators use. Programs number theirs from 0.
  enum Site {
    static let words = UInt32.max
    static let fills = UInt32.max - 1
    static let substreams = UInt32.max - 2
  }
}

extension Philox: Hashable {
  public static func == (a: Philox, b: Philox) -> Bool {
    a.seed == b.seed && a.stream == b.stream && a.position == b.position
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(seed)
    hasher.combine(stream)
    hasher.combine(position)
  }
}

extension Philox: Codable {
  private enum CodingKeys: String, CodingKey { case seed, stream, position }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      seed: try values.decode(UInt64.self, forKey: .seed), stream: try values.decode(UInt64.self, forKey: .stream),
      position: try values.decode(UInt64.self, forKey: .position))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(seed, forKey: .seed)
    try values.encode(stream, forKey: .stream)
    try values.encode(position, forKey: .position)
  }
}
