//  ContinuedFraction.swift — the value of b₀ + a₁/(b₁ + a₂/(b₂ + …)) by Lentz's method.
//
//  Notation   C, D  ratios of successive numerators, and the inverse ratios of successive denominators, of the convergents

enum ContinuedFraction {
  /// More convergents than any fraction here needs.
  private static let limit = 1_000_000

  /// - Parameter term: (aₙ, bₙ) for n = 1, 2, ….
  static func value(_ first: Double, _ term: (_ n: Double) -> (a: Double, b: Double)) -> Double {
    let tiny = 1e-300
    var value = first == 0 ? tiny : first
    var (c, d) = (value, 0.0)
    for n in 1...limit {
      let (a, b) = term(Double(n))
      d = b + a * d
      c = b + a / c
      if d == 0 { d = tiny }
      if c == 0 { c = tiny }
      d = 1 / d
      let ratio = c * d
      value *= ratio
      if !(abs(ratio - 1) > Double.ulpOfOne) { break }
    }
    return value
  }
}
