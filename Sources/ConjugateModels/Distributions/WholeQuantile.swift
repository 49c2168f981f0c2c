//  WholeQuantile.swift — quantiles of whole numbers by doubling and bisection.

/// The least k ≥ 0 that satisfies a condition which, once true, stays true; not a number for p outside of [0, 1].
///
/// - Parameter bound: The greatest k there is; `nil`: any, and then p = 1 gives ∞.
func leastWhole(_ p: Double, within bound: Int?, _ condition: (Double) -> Bool) -> Double {
  guard p >= 0, p <= 1 else { return .nan }
  if p == 0 || condition(0) { return 0 }
  if p == 1 { return bound.map(Double.init) ?? .infinity }
  var (lower, upper) = (0.0, 1.0)
  while !condition(upper) {
    lower = upper
    upper *= 2
    if let bound, upper >= Double(bound) {
      upper = Double(bound)
      break
    }
  }
  while upper - lower > 1 {
    let middle = ((lower + upper) / 2).rounded(.down)
    if condition(middle) { upper = middle } else { lower = middle }
  }
  return upper
}
