//  PoissonMixtureTests.swift — counts: against SciPy, sums written out here, and the normal limit.

import Evaluation
import Foundation
import Testing

@Suite struct PoissonMixtureTests {
  private static let mixture = PoissonMixture(rates: [0.3, 5.6, 40])

  /// p(k) of one rate, by its definition.
  private static func probability(_ rate: Double, _ k: Int) -> Double {
    (0..<k).reduce(exp(-rate)) { $0 * rate / Double($1 + 1) }
  }

  private static func sum(to last: Int, _ term: (Int) -> Double) -> Double { (0...last).reduce(0) { $0 + term($1) } }

  @Test func oneComponentIsTheDistributionOfTheReference() throws {
    let reference: DistributionReference = try ReferenceValues.load("poisson")
    let one = PoissonMixture(rates: [try #require(reference.params["rate"])])
    #expect(agreeRelatively(reference.x.map(one.logDensity), reference.logProb, within: 1e-14))
    #expect(agreeRelatively(reference.x.map(one.cumulative), reference.cdf, within: 1e-14))
    #expect(reference.quantileP.map(one.quantile) == reference.quantile)
    #expect(one.mean == reference.mean && one.aleatoricVariance == reference.variance)
  }

  @Test func probabilitiesAreTheirDefinition() {
    for k in [0, 1, 4, 9, 30, 45] {
      let mass = [0.3, 5.6, 40].reduce(0.0) { $0 + Self.probability($1, k) } / 3
      let below = Self.sum(to: k) { k in [0.3, 5.6, 40].reduce(0.0) { $0 + Self.probability($1, k) } } / 3
      let y = Double(k)
      #expect(abs(exp(Self.mixture.logDensity(y)) / mass - 1) < 1e-13, "k = \(k)")
      #expect(abs(Self.mixture.cumulative(y) / below - 1) < 1e-13, "k = \(k)")
      #expect(Self.mixture.cumulative(y + 0.7) == Self.mixture.cumulative(y))
      #expect(abs(Self.mixture.cumulative(y) + Self.mixture.survival(y) - 1) < 1e-15)
    }
    #expect(Self.mixture.cumulative(-0.5) == 0 && Self.mixture.survival(-0.5) == 1)
    #expect(Self.mixture.logDensity(2.5) == -.infinity && Self.mixture.logDensity(-1) == -.infinity)
  }

  @Test func bothTailsKeepTheirDigits() {
    let one = PoissonMixture(rates: [5.6])
    let above = (41...200).reversed().reduce(0) { $0 + Self.probability(5.6, $1) }
    #expect(abs(one.survival(40) / above - 1) < 1e-12)
    let wide = PoissonMixture(rates: [400])
    let below = Self.sum(to: 200) { Self.probability(400, $0) }
    #expect(abs(wide.cumulative(200) / below - 1) < 1e-11)
  }

  @Test func largeRatesAreSummedExactly() {
    // Recursion from the mode, independent of the incomplete gamma function, on both sides of a = 10⁷.
    for rate in [9.99e6, 1.001e7] {
      let one = PoissonMixture(rates: [rate])
      let mode = rate.rounded(.down)
      for target in [mode - 5000, mode, mode + 4000] {
        var sum = mode <= target ? 1.0 : 0
        var terms = [1.0]
        // Unnormalised from the mode up and down, then divided by the sum of all.
        var (up, down) = (1.0, 1.0)
        for step in 1...40_000 {
          up *= rate / (mode + Double(step))
          down *= (mode - Double(step) + 1) / rate
          terms += [up, down]
          if mode + Double(step) <= target { sum += up }
          if mode - Double(step) <= target { sum += down }
        }
        let share = sum / terms.sorted().reduce(0, +)
        #expect(abs(one.cumulative(target) / share - 1) < 1e-9, "rate \(rate), k = \(target)")
      }
    }
  }

  @Test func quantileIsTheLeastCountThatReaches() {
    for p in [0, 1e-9, 0.2, 1.0 / 3, 0.5, 0.9, 0.9999, 1 - 0x1p-40] {
      let k = Self.mixture.quantile(p)
      #expect(Self.mixture.survival(k) <= 1 - p, "p = \(p)")
      #expect(k == 0 || Self.mixture.survival(k - 1) > 1 - p, "p = \(p)")
    }
    #expect(Self.mixture.quantile(1) == .infinity && Self.mixture.quantile(-0.1).isNaN)
    let large = PoissonMixture(rates: [1e12])
    #expect(abs(large.quantile(0.975) - (1e12 + 1.959963984540054e6)) < 2)
  }

  @Test func anIntervalHoldsWhatItsLevelSays() {
    for level in [0.5, 0.8, 0.9, 0.95] {
      let (lower, upper) = Self.mixture.interval(level)
      #expect(Self.mixture.cumulative(upper) - Self.mixture.cumulative(lower - 1) >= level - 1e-15)
      for k in 0...70 {
        let y = Double(k)
        #expect((lower <= y && y <= upper) == (Self.mixture.centralLevel(y) < level), "level \(level), k = \(k)")
      }
    }
  }

  @Test func varianceIsBetweenAndWithinDraws() {
    let mean = Self.sum(to: 200) { Double($0) * exp(Self.mixture.logDensity(Double($0))) }
    let second = Self.sum(to: 200) { Double($0 * $0) * exp(Self.mixture.logDensity(Double($0))) }
    #expect(abs(Self.mixture.mean - mean) < 1e-11)
    #expect(abs(Self.mixture.aleatoricVariance - mean) < 1e-11)
    #expect(abs(Self.mixture.epistemicVariance - (second - mean * mean - mean)) < 1e-9)
  }

  @Test func crpsIsTheSumOfSquaredDifferences() {
    for y in [0, 1, 6, 44, 90] {
      let expected = Self.sum(to: 300) { k in
        let share = Self.mixture.cumulative(Double(k)) - (k >= y ? 1 : 0)
        return share * share
      }
      #expect(abs(Self.mixture.continuousRankedProbabilityScore(Double(y)) - expected) < 1e-12, "y = \(y)")
    }
    // Between counts the score is linear, and below all of them it has slope −1.
    let score = Self.mixture.continuousRankedProbabilityScore
    #expect(abs(score(6.25) - (0.75 * score(6) + 0.25 * score(7))) < 1e-12)
    #expect(abs(score(-3) - (score(0) + 3)) < 1e-12)
    #expect(abs(score(1e6) - score(1e5) - 9e5) < 1e-8)
  }

  @Test func crpsOfOneRateIsItsClosedForm() {
    // E|X − y| = (y − λ)(2F(y) − 1) + 2 λ p(y) and ½ E|X − X′| = λ e^−2λ (I₀(2λ) + I₁(2λ)), from their series.
    let (rate, y) = (3.7, 5.0)
    let one = PoissonMixture(rates: [rate])
    let distance = (y - rate) * (2 * one.cumulative(y) - 1) + 2 * rate * exp(one.logDensity(y))
    let bessel = Self.sum(to: 60) { k in
      let term = exp(2 * Double(k) * log(rate) - 2 * lgamma(Double(k) + 1))
      return term + term * rate / Double(k + 1)
    }
    let expected = distance - rate * exp(-2 * rate) * bessel
    #expect(abs(one.continuousRankedProbabilityScore(y) - expected) < 1e-12)
  }

  @Test func crpsOfLargeRatesIsNormal() {
    for (rate, allowed) in [(1e6, 1e-3), (1e8, 1e-4), (1e12, 1e-12)] {
      let (counts, deviation) = (PoissonMixture(rates: [rate, rate]), rate.squareRoot())
      let normal = GaussianMixture(mean: rate, standardDeviation: deviation)
      for z in [0.0, -1.5, 4] {
        let y = (rate + z * deviation).rounded()
        let difference =
          counts.continuousRankedProbabilityScore(y) - normal.continuousRankedProbabilityScore(y)
        #expect(abs(difference) < allowed * deviation, "rate \(rate), z = \(z)")
      }
    }
  }

  @Test func noRateIsCertainlyNone() {
    let none = PoissonMixture(rates: [0])
    #expect(none.logDensity(0) == 0 && none.logDensity(1) == -.infinity && none.cumulative(0) == 1)
    #expect(none.continuousRankedProbabilityScore(3) == 3 && none.quantile(0.99) == 0)
  }
}
