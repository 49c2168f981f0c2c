//  PolyaGamma.swift — draws of Pólya–Gamma variables, which make the conditionals of a logistic regression normal.
//
//  Notation   ω ~ PG(1, c) = J(z)/4 with z = |c|/2     t = 0.64
//
//  Equations  (1) J(z) has the density cosh(z) exp(−z² x/2) Σₙ (−1)ⁿ aₙ(x), with
//                 aₙ(x) = π (n + ½) (2/(π x))^(3/2) exp(−2 (n + ½)²/x)  for x ≤ t,
//                 aₙ(x) = π (n + ½) exp(−(n + ½)² π² x/2)               for x > t
//             (2) propose from a₀: an exponential above t, an inverse Gaussian of mean 1/z below it; its partial sums lie above and
//                 below the density in turn, so that finitely many decide                  [Polson, Scott and Windle 2013]
//             (3) E ω = tanh(c/2)/(2 c)

import Arrays
import Foundation

enum PolyaGamma {
  private static let border = 0.64

  /// ω.
  static func draw(_ c: Double, using generator: inout Philox) -> Double {
    let z = 0.5 * abs(c)
    let rate = Double.pi * Double.pi / 8 + 0.5 * z * z
    let above = Double.pi / (2 * rate) * exp(-rate * border)
    let below = 2 * exp(-z) * shareBelow(z)
    while true {
      let x =
        generator.uniform() * (above + below) < above
        ? border - log(generator.uniform()) / rate : inverseGaussian(z, using: &generator)
      // (2)
      var sum = term(0, x)
      let level = generator.uniform() * sum
      var n = 1
      while true {
        sum += n % 2 == 1 ? -term(n, x) : term(n, x)
        if n % 2 == 1 && level <= sum { return 0.25 * x }
        if n % 2 == 0 && level > sum { break }
        n += 1
      }
    }
  }

  /// aₙ(x), equation (1).
  private static func term(_ n: Int, _ x: Double) -> Double {
    let k = Double(n) + 0.5
    return x <= border
      ? Double.pi * k * pow(2 / (Double.pi * x), 1.5) * exp(-2 * k * k / x)
      : Double.pi * k * exp(-0.5 * k * k * Double.pi * Double.pi * x)
  }

  /// The distribution function of the inverse Gaussian at t.
  private static func shareBelow(_ z: Double) -> Double {
    func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
    let root = 1 / border.squareRoot()
    return normal(root * (border * z - 1)) + exp(2 * z) * normal(-root * (border * z + 1))
  }

  /// An inverse Gaussian variable of mean 1/z and shape 1, below t.
  private static func inverseGaussian(_ z: Double, using generator: inout Philox) -> Double {
    while true {
      if z < 1 / border {
        var (first, second) = (0.0, 0.0)
        repeat {
          (first, second) = (-log(generator.uniform()), -log(generator.uniform()))
        } while first * first > 2 * second / border
        let x = border / ((1 + border * first) * (1 + border * first))
        if generator.uniform() < exp(-0.5 * z * z * x) { return x }
      } else {
        let (mean, normal) = (1 / z, generator.normal())
        let y = normal * normal
        let root = mean + 0.5 * mean * mean * y - 0.5 * mean * (4 * mean * y + mean * mean * y * y).squareRoot()
        let x = generator.uniform() > mean / (mean + root) ? mean * mean / root : root
        if x < border { return x }
      }
    }
  }
}
