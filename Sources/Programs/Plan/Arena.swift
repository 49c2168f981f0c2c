//  Arena.swift — one piece of memory for values that are not all alive at once.
//
//  The largest are placed first, each at the lowest address that is free for its whole life.

/// Addresses in shared memory. Unit: elements.
struct Arena {
  private(set) var start: [Int: Int] = [:]
  private(set) var count = 0
  /// What the values would need without sharing.
  private(set) var unsharedCount = 0

  /// - Parameters:
  ///   - lives: For each value the steps from its first to its last use.
  ///   - alignment: Values start at multiples of this.
  ///   - size: The elements of a value.
  init(_ lives: [Int: ClosedRange<Int>], alignment: Int, size: (Int) -> Int) {
    let values = lives.map { value, life in
      (value: value, life: life, size: (size(value) + alignment - 1) / alignment * alignment)
    }
    var placed: [(life: ClosedRange<Int>, range: Range<Int>)] = []
    for (value, life, size) in values.sorted(by: { ($0.size, $1.value) > ($1.size, $0.value) }) {
      var place = 0
      for rival in placed.filter({ $0.life.overlaps(life) }).sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
        if place + size <= rival.range.lowerBound { break }
        place = max(place, rival.range.upperBound)
      }
      placed.append((life, place..<place + size))
      start[value] = place
      count = max(count, place + size)
      unsharedCount += size
    }
  }
}
