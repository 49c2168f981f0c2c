//  BracketedRoot.swift — where an increasing function crosses zero, between two numbers.
//
//  Newton's step y ← y − g(y) / g′(y) is taken where it stays inside of the bracket and at least halves the step before it, and
//  bisection where it does not: modes far apart leave a distribution function flat between them.

/// The y in [lower, upper] with excess(y) = 0, to the rounding of the bracket's ends.
func bracketedRoot(
  _ lower: Double, _ upper: Double, excess: (Double) -> Double, slope: (Double) -> Double
) -> Double {
  var (lower, upper) = (lower, upper)
  let resolution = max(abs(lower), abs(upper)).ulp
  var y = lower + 0.5 * (upper - lower)
  var previousStep = upper - lower
  while upper - lower > resolution {
    let excess = excess(y)
    if excess == 0 { break }
    if excess < 0 { lower = y } else { upper = y }
    let newton = y - excess / slope(y)
    let isAccepted = newton > lower && newton < upper && abs(newton - y) <= 0.5 * previousStep
    let next = isAccepted ? newton : lower + 0.5 * (upper - lower)
    previousStep = abs(next - y)
    if previousStep <= resolution { return next }
    y = next
  }
  return y
}
