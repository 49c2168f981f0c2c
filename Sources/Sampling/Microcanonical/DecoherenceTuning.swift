//  DecoherenceTuning.swift — the length over which a motion at constant speed forgets its direction.
//
//  Equation (4) of `MicrocanonicalLangevin`: a motion that forgets its direction too early diffuses, one that keeps it runs in circles;
//  between is the distance that it covers while its coordinates become independent.

import Evaluation

package struct DecoherenceTuning: Codable, Sendable {
  /// L.
  package private(set) var length: Double
  private var isFixed: Bool
  /// The transitions, counted from 1, that the last window lies between.
  private let begin, end: Int
  /// The coordinates that are looked at: at most 32.
  private let coordinates: [Int]
  private var transitions = 0
  /// Their draws in the last window. Shape [S, coordinates].
  @PackedNumbers private var draws: [Double] = []

  /// - Parameter length: L where it is given.
  package init(_ length: Double?, dimension: Int, _ schedule: WindowSchedule) {
    self.length = length ?? Double(dimension).squareRoot()
    isFixed = length != nil
    begin = schedule.ends.dropLast().last ?? schedule.begin
    end = schedule.end
    let count = min(dimension, 32)
    coordinates = (0..<count).map { $0 * dimension / count }
  }

  /// Learns no other length: draws to come are not those of one motion.
  mutating func keep() { isFixed = true }

  /// Takes a draw of the warm-up in.
  package mutating func learn(at position: [Double], stepSize: Double) {
    transitions += 1
    guard !isFixed, transitions > begin, transitions <= end else { return }
    for coordinate in coordinates { draws.append(position[coordinate]) }
    guard transitions == end else { return }
    let (count, width) = (end - begin, coordinates.count)
    // Transitions for an effective draw, of each coordinate: fast ones do not outvote slow ones.
    let times = (0..<width).map { place in
      Double(count) / Chains([(0..<count).map { draws[$0 * width + place] }]).meanEffectiveSampleSize
    }
    draws = []
    let found = 0.4 * stepSize * times.reduce(0, +) / Double(width)
    if found.isFinite && found > 0 { length = found }
  }
}
