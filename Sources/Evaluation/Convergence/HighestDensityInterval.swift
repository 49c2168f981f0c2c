//  HighestDensityInterval.swift — the narrowest interval that holds a share of the draws.

/// The narrowest interval among those between draws ⌊level S⌋ apart in order; for one mode, that of highest density.
///
/// Not a number if a draw is not. Precondition: at least one draw; level in (0, 1).
public func highestDensityInterval(_ draws: [Double], level: Double) -> (lower: Double, upper: Double) {
  precondition(!draws.isEmpty, "an interval of no draws")
  precondition(level > 0 && level < 1, "the level of an interval is between 0 and 1, not \(level)")
  guard !draws.contains(where: \.isNaN) else { return (.nan, .nan) }
  let sorted = draws.sorted()
  let steps = Int(level * Double(sorted.count))
  var best = 0
  func width(_ start: Int) -> Double { sorted[start + steps] - sorted[start] }
  for start in 0..<sorted.count - steps where width(start) < width(best) { best = start }
  return (sorted[best], sorted[best + steps])
}

extension Chains {
  /// The narrowest interval that holds a share `level` of all draws.
  public func highestDensityInterval(level: Double) -> (lower: Double, upper: Double) {
    Evaluation.highestDensityInterval(pooled, level: level)
  }
}
