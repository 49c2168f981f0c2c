//  FractionsAndRoots.swift — a continued fraction to rounding error, and the root of a concave function.

/// b₀ + a₁/(b₁ + a₂/(b₂ + …)) by the method of Lentz, in the form that keeps ratios of successive numerators and
/// denominators. [Lentz 1976]
///
/// - Parameter next: (aₖ, bₖ) for k = 1, 2, …
func continuedFraction(first: Double, _ next: () -> (numerator: Double, denominator: Double)) -> Double {
  let tiny = 1e-300
  var value = first == 0 ? tiny : first
  var (c, d) = (value, 0.0)
  for _ in 0..<10_000_000 {
    let (a, b) = next()
    d = b + a * d
    c = b + a / c
    if d == 0 { d = tiny }
    if c == 0 { c = tiny }
    d = 1 / d
    let factor = c * d
    value *= factor
    if abs(factor - 1) < 4e-16 { break }
  }
  return value
}

/// The root of a concave, strictly monotone function by Newton's method: after the first step all iterates lie on one side of
/// the root and approach it. Steps are held to a length of 3, since the functions here grow exponentially on one side.
///
/// - Parameter function: The value and the slope.
func concaveRoot(start: Double, _ function: (Double) -> (value: Double, slope: Double)) -> Double {
  var x = start
  var previous = Double.infinity
  for _ in 0..<100_000 {
    let (value, slope) = function(x)
    guard value.isFinite, slope != 0, slope.isFinite else { return .nan }
    let newton = -value / slope
    let step = newton > 0 ? min(newton, max(3, 0.5 * abs(x))) : max(newton, -max(3, 0.5 * abs(x)))
    x += step
    // At the rounding error, steps no longer shrink.
    if abs(step) <= 2e-16 * abs(x) || (abs(step) < 1e-9 && abs(step) >= previous) { break }
    previous = abs(step)
  }
  return x
}
