//  LineSearch.swift — a step length that satisfies the strong Wolfe conditions.
//
//  Notation   φ(a) = f(x + a d), the function along a descent direction: φ′(0) < 0
//  Equations  (1) φ(a) ≤ φ(0) + c₁ a φ′(0)      sufficient decrease
//             (2) |φ′(a)| ≤ c₂ |φ′(0)|          curvature
//  Method     The step grows until an interval is known to hold such a length, which is then shrunk by the minimiser of
//             the cubic through values and slopes at its ends, kept away from the ends.
//  Source     Nocedal and Wright (2006), "Numerical Optimization", algorithms 3.5 and 3.6.

/// A point of φ.
struct LinePoint {
  var length, value, slope: Double
}

/// The strong Wolfe search.
struct LineSearch {
  /// c₁ and c₂ of (1) and (2).
  var decrease = 1e-4, curvature = 0.9
  var evaluationLimit = 40

  /// An acceptable point, or `nil` where none was found within the limit of evaluations. The last point that was
  /// evaluated is the one returned.
  func search(from origin: LinePoint, first: Double, _ evaluate: (Double) -> LinePoint) -> LinePoint? {
    var evaluations = 0
    func point(_ length: Double) -> LinePoint {
      evaluations += 1
      return evaluate(length)
    }
    func decreases(_ p: LinePoint) -> Bool { p.value <= origin.value + decrease * p.length * origin.slope }  // (1)
    func isFlat(_ p: LinePoint) -> Bool { abs(p.slope) <= -curvature * origin.slope }  // (2)

    /// Shrinks the interval between `low`, the better end, and `high`.
    func zoom(_ low: LinePoint, _ high: LinePoint) -> LinePoint? {
      var (low, high) = (low, high)
      while evaluations < evaluationLimit {
        let p = point(Self.interpolate(low, high))
        if !(p.value.isFinite && p.slope.isFinite) || !decreases(p) || p.value >= low.value {
          high = p
        } else {
          if isFlat(p) { return p }
          if p.slope * (high.length - low.length) >= 0 { high = low }
          low = p
        }
        if abs(high.length - low.length) <= 1e-16 * max(abs(low.length), abs(high.length)) { return nil }
      }
      return nil
    }

    var previous = origin, length = first
    while evaluations < evaluationLimit {
      let p = point(length)
      if !(p.value.isFinite && p.slope.isFinite) || !decreases(p) || (evaluations > 1 && p.value >= previous.value) {
        return zoom(previous, p)
      }
      if isFlat(p) { return p }
      if p.slope >= 0 { return zoom(p, previous) }
      previous = p
      length *= 2
    }
    return nil
  }

  /// The minimiser of the cubic through two points, at least a tenth of the interval away from its ends; the middle
  /// where an end is not finite or the cubic has no minimum.
  static func interpolate(_ a: LinePoint, _ b: LinePoint) -> Double {
    let width = b.length - a.length, middle = a.length + width / 2
    guard b.value.isFinite, b.slope.isFinite else { return middle }
    let d = a.slope + b.slope - 3 * (a.value - b.value) / (a.length - b.length)
    let discriminant = d * d - a.slope * b.slope
    guard discriminant >= 0 else { return middle }
    let root = width > 0 ? discriminant.squareRoot() : -discriminant.squareRoot()
    let minimum = b.length - width * (b.slope + root - d) / (b.slope - a.slope + 2 * root)
    guard minimum.isFinite else { return middle }
    let (low, high) = (min(a.length, b.length), max(a.length, b.length)), margin = 0.1 * abs(width)
    return min(max(minimum, low + margin), high - margin)
  }
}
