//  Mutator.swift — damaged files from whole ones.

/// Makes inputs for readers out of valid files: changes, removes, repeats, truncates and splices bytes.
struct Mutator {
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]
  private var generator: SplitMix

  /// `words` are byte sequences that mean something in the format and are put in at random.
  init(seeds: [[UInt8]], words: [[UInt8]], seed: UInt64) {
    self.seeds = seeds
    self.words = words
    generator = SplitMix(seed: seed)
  }

  private mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(max(1, bound))) }

  /// The next input: a seed with one to eight changes.
  mutating func next() -> [UInt8] {
    var bytes = seeds[below(seeds.count)]
    for _ in 0..<(1 + below(1 + below(8))) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = below(bytes.count)
    switch below(10) {
    case 0 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
    case 1 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(below(8))
    case 2 where !bytes.isEmpty: bytes[place] = [0, 0xFF, 0x7F, 0x80, 0x0A, 0x22, 0x2C, 0x7D][below(8)]
    case 3: bytes.removeSubrange(place..<min(bytes.count, place + below(16)))
    case 4: bytes.removeSubrange(place...)
    case 5:
      bytes.insert(contentsOf: (0..<below(16)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }, at: place)
    case 6: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + below(64))], at: below(bytes.count))
    case 7:
      let other = seeds[below(seeds.count)]
      bytes = Array(bytes[..<place] + other[below(other.count)...])
    default:
      let word = words[below(words.count)]
      let end = min(bytes.count, place + (below(2) == 0 ? word.count : 0))
      bytes.replaceSubrange(place..<end, with: word)
    }
    if bytes.count > 1 << 16 { bytes.removeSubrange((1 << 16)...) }
  }
}
