//  StandardizedChains.swift — draws of any size and place, as numbers of which squares can be summed.
//
//  Notation   x₀  the first draw     a, b  powers of two, the sizes of the greatest |x| and of the greatest |x/a − x₀/a|
//
//  Equation   (1) z = (x/a − x₀/a) / b,   x = a (x₀/a + b z)
//
//  Draws near 10^±200 have squares that are infinite or 0, and a mean that is large beside the deviations takes their digits away. Powers
//  of two change no digit, and what is said of z in units of its own, as R-hat, is true of x.

struct StandardizedChains {
  /// z, within ±2 where x is finite; x itself where a draw is not.
  let chains: Chains
  /// x₀/a, a, b.
  private let origin, size, spread: Double

  init(_ chains: Chains) {
    let greatest = chains.draws.joined().reduce(0) { max($0, abs($1)) }
    guard greatest > 0, chains.draws.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      (self.chains, origin, size, spread) = (chains, 0, 1, 1)
      return
    }
    let size = Self.powerOfTwo(greatest)
    let first = chains.draws[0][0] / size
    let moved = chains.map { $0 / size - first }
    let farthest = moved.draws.joined().reduce(0) { max($0, abs($1)) }
    let spread = farthest > 0 ? Self.powerOfTwo(farthest) : 1
    (self.origin, self.size, self.spread) = (first, size, spread)
    self.chains = moved.map { $0 / spread }
  }

  /// From z to x, (1).
  func place(_ z: Double) -> Double { (origin + spread * z) * size }

  /// From a distance of z to one of x.
  func length(_ z: Double) -> Double { spread * z * size }

  /// The greatest one that is no greater than a positive number.
  private static func powerOfTwo(_ number: Double) -> Double {
    Double(sign: .plus, exponent: Int(number.exponent), significand: 1)
  }
}
