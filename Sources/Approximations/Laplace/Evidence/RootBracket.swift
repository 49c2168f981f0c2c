//  RootBracket.swift — a root of a decreasing slope: where a function of one number is largest.
//
//  The bracket grows uphill from the start; then false position with the Illinois weights, which cannot stall.
//                                                                                              [Dowell and Jarratt 1971]

struct RootBracket {
  /// Where the search starts, and how far it goes to either side.
  let start: Double
  let limit: Double

  init(from start: Double, limit: Double) {
    self.start = start
    self.limit = limit
  }

  /// The root next uphill, or the end of the range where there is none.
  func root<Failure>(of slope: (Double) throws(Failure) -> Double) throws(Failure) -> Double {
    var (a, fa) = (start, try slope(start))
    if fa == 0 { return a }
    let direction = fa > 0 ? 1.0 : -1.0
    var (b, fb) = (a, fa)
    var step = 0.5
    while fb * fa > 0 {
      guard abs(b - start) < limit else { return start + direction * limit }
      (a, fa) = (b, fb)
      b = start + direction * min(step, limit)
      fb = try slope(b)
      step *= 2
    }
    for _ in 0..<200 where fb != 0 && abs(b - a) > 1e-14 * max(1, abs(b)) {
      let c = (a * fb - b * fa) / (fb - fa)
      let fc = try slope(c)
      if fc * fb < 0 { (a, fa) = (b, fb) } else { fa *= 0.5 }
      let settled = abs(c - b) <= 1e-14 * max(1, abs(c))
      (b, fb) = (c, fc)
      if settled { break }
    }
    return b
  }
}
