//  Arena.swift — one piece of memory for values that are not all alive at once.
//
//  The largest are placed first, each at the lowest address that is free for its whole life. That takes a look at every value that was
//  placed before: too long for the numbers that a long Swift loop leaves behind. Values of one unit, where there are many, come behind
//  all others, in the order of their first use, each in a place that has become free; no more places than are alive at once.

/// Addresses in shared memory. Unit: elements.
struct Arena {
  private typealias Value = (value: Int, life: ClosedRange<Int>, size: Int)

  private(set) var start: [Int: Int] = [:]
  private(set) var count = 0
  /// What the values would need without sharing.
  private(set) var unsharedCount = 0

  /// From so many values of one unit on they have places of their own.
  private static let manyUnits = 256

  /// - Parameters:
  ///   - lives: For each value the steps from its first to its last use.
  ///   - alignment: Values start at multiples of this, which is a unit.
  ///   - size: The elements of a value.
  init(_ lives: [Int: ClosedRange<Int>], alignment: Int, size: (Int) -> Int) {
    let values: [Value] = lives.map { value, life in
      (value, life, (size(value) + alignment - 1) / alignment * alignment)
    }
    unsharedCount = values.reduce(0) { $0 + $1.size }
    let units = values.filter { $0.size == alignment }
    if units.count < Self.manyUnits {
      place(values)
    } else {
      place(values.filter { $0.size != alignment })
      placeUnits(units)
    }
  }

  private mutating func place(_ values: [Value]) {
    // In the order of their addresses.
    var placed: [(life: ClosedRange<Int>, range: Range<Int>)] = []
    for (value, life, size) in values.sorted(by: { ($0.size, $1.value) > ($1.size, $0.value) }) {
      var place = 0
      for rival in placed where rival.life.overlaps(life) {
        if place + size <= rival.range.lowerBound { break }
        place = max(place, rival.range.upperBound)
      }
      let (lower, upper) = (place, place + size)
      placed.insert((life, lower..<upper), at: placed.firstIndex { $0.range.lowerBound >= lower } ?? placed.count)
      start[value] = lower
      count = max(count, upper)
    }
  }

  private mutating func placeUnits(_ units: [Value]) {
    // Places by the last use of what is there.
    var ending: [Int: [Int]] = [:]
    var free: [Int] = []
    var now = 0
    for (value, life, size) in units.sorted(by: { ($0.life.lowerBound, $0.value) < ($1.life.lowerBound, $1.value) }) {
      for time in now..<life.lowerBound { free += ending.removeValue(forKey: time) ?? [] }
      now = life.lowerBound
      let place = free.popLast() ?? count
      count = max(count, place + size)
      start[value] = place
      ending[life.upperBound, default: []].append(place)
    }
  }
}
