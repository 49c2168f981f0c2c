//  WindowSchedule.swift — when a warm-up looks at the shape of the target.
//
//  First a stretch for the step size alone, while the chain finds the target; then windows of doubling length, at the end of
//  each of which the metric becomes the covariance of the draws in it; last a stretch for the final step size. For a
//  warm-up of 1000: 75, then windows of 25, 50, 100, 200 and 500, then 50. [Carpenter et al. 2017; Stan Development Team 2024]

package struct WindowSchedule: Codable, Hashable, Sendable {
  /// The transitions, counted from 1, after which a window ends.
  package let ends: [Int]
  /// The last transition before the first window.
  package let begin: Int
  /// The last transition of the last window.
  var end: Int { ends.last ?? begin }

  /// Windows that end after these shares of a warm-up, the first of which begins none: for samplers whose transitions are single steps,
  /// so that only long windows say something of the target. None where the warm-up has fewer than a hundred transitions.
  package init(warmUp: Int, shares: [Double]) {
    let places = warmUp < 100 ? [warmUp] : shares.map { Int($0 * Double(warmUp)) }
    (begin, ends) = (places[0], Array(places.dropFirst()))
  }

  package init(warmUp: Int) {
    guard warmUp >= 20 else {
      (begin, ends) = (warmUp, [])
      return
    }
    // Too short a warm-up is cut in proportion.
    let isShort = warmUp < 150
    let first = isShort ? Int(0.15 * Double(warmUp)) : 75
    let last = isShort ? warmUp - Int(0.1 * Double(warmUp)) : warmUp - 50
    var window = isShort ? last - first : 25
    var ends: [Int] = []
    var position = first
    while position < last {
      // A window that leaves no room for the next, of twice its length, takes it all.
      let next = position + window + 2 * window > last ? last : position + window
      ends.append(next)
      position = next
      window *= 2
    }
    (begin, self.ends) = (first, ends)
  }
}
