import Evaluation
import Foundation
import GoldenValues
import Testing

@Suite struct GaussianMixtureTests {
  /// Two modes far apart, one narrow, and a wide component between them.
  let mixture = GaussianMixture(means: [-3, 4.5, 0.2], standardDeviations: [0.4, 0.05, 1.7])

  @Test func oneComponentIsTheGaussian() throws {
    let reference = try ReferenceValues.metrics().regression
    let rows = zip(reference.mu, reference.sigma).map { GaussianMixture(mean: $0, standardDeviation: $1) }
    let pairs = Array(zip(rows, reference.y))
    #expect(agree(pairs.map { -$0.logDensity($1) }, reference.gaussianNll))
    #expect(agree(pairs.map { $0.continuousRankedProbabilityScore($1) }, reference.crpsGaussian))
    #expect(agree(pairs.map { $0.cumulative($1) }, reference.pit))
    #expect(agree(rows.map { $0.interval(0.9).lower }, reference.interval90.lower))
    #expect(agree(rows.map { $0.interval(0.9).upper }, reference.interval90.upper))
  }

  @Test func densityIsTheDerivativeOfTheCumulative() {
    for y in [-4.0, -2.8, 0, 4.4, 4.55] {
      let step = 1e-5
      let slope = (mixture.cumulative(y + step) - mixture.cumulative(y - step)) / (2 * step)
      #expect(abs(exp(mixture.logDensity(y)) - slope) < 1e-7 * max(1, slope), "y = \(y)")
      #expect(abs(mixture.cumulative(y) + mixture.survival(y) - 1) < 1e-15)
    }
  }

  @Test func logDensityIsFiniteWhereTheDensityUnderflows() {
    let far = mixture.logDensity(200)
    #expect(abs(far - StandardNormal.logDensity((200 - 0.2) / 1.7) + log(1.7) + log(3)) < 1e-9 * abs(far))
  }

  @Test func quantileInvertsTheCumulative() {
    for p in [1e-12, 1e-3, 0.05, 0.3, 1.0 / 3, 0.4, 0.5, 0.65, 2.0 / 3, 0.9, 0.999] {
      #expect(abs(mixture.cumulative(mixture.quantile(p)) - p) <= 1e-14, "p = \(p)")
    }
    let tail = 0x1p-40
    #expect(abs(mixture.survival(mixture.quantile(1 - tail)) / tail - 1) < 1e-12)
    #expect(mixture.quantile(0) == -.infinity)
    #expect(mixture.quantile(1) == .infinity)
    #expect(mixture.quantile(-0.1).isNaN)
  }

  @Test func quantileBetweenDistantModesIsFound() {
    // F is flat to rounding between these two, and its density there is 0.
    let distant = GaussianMixture(means: [-1e3, 1e3], standardDeviations: [1e-3, 1e-3])
    #expect(abs(distant.quantile(0.25) + 1e3) < 1e-9)
    #expect(abs(distant.quantile(0.75) - 1e3) < 1e-9)
    #expect(abs(distant.quantile(0.5)) < 1e3)
  }

  @Test func momentsAreThoseOfTheDensity() {
    let (moments, _) = integrals(of: mixture, target: 0)
    #expect(abs(mixture.mean - moments.mean) < 1e-9)
    let variance = mixture.epistemicVariance + mixture.aleatoricVariance
    #expect(abs(variance - moments.variance) < 1e-8)
    #expect(abs(mixture.standardDeviation * mixture.standardDeviation - variance) < 1e-12)
  }

  @Test func crpsIsTheIntegralOfTheSquaredDifference() {
    for target in [-3.5, 0.2, 4.5, 9] {
      let (_, crps) = integrals(of: mixture, target: target)
      #expect(abs(mixture.continuousRankedProbabilityScore(target) - crps) < 1e-8, "y = \(target)")
    }
  }

  @Test func crpsOfPointMassesIsThatOfTheSamples() throws {
    let reference = try ReferenceValues.metrics().regression
    let scores = zip(reference.ensemble.samples, reference.y).map { samples, y in
      GaussianMixture(means: samples, standardDeviations: samples.map { _ in 0 }).continuousRankedProbabilityScore(y)
    }
    #expect(agree(scores, reference.ensemble.crpsNrg))
  }

  @Test func equalComponentsAreOne() {
    let one = GaussianMixture(mean: 1.5, standardDeviation: 0.7)
    let four = GaussianMixture(means: [1.5, 1.5, 1.5, 1.5], standardDeviations: [0.7, 0.7, 0.7, 0.7])
    #expect(four.epistemicVariance == 0)
    #expect(abs(one.continuousRankedProbabilityScore(2) - four.continuousRankedProbabilityScore(2)) < 1e-15)
    #expect(abs(one.quantile(0.9) - four.quantile(0.9)) < 1e-15)
  }

  @Test func whatIsNotANumberStaysSo() {
    let broken = GaussianMixture(means: [0, .nan], standardDeviations: [1, 1])
    #expect(broken.logDensity(0).isNaN)
    #expect(broken.quantile(0.5).isNaN)
    #expect(broken.continuousRankedProbabilityScore(0).isNaN)
  }

  /// Moments and CRPS by Simpson's rule on a fine grid, cut at the target where the integrand jumps.
  private func integrals(
    of mixture: GaussianMixture, target: Double
  ) -> (moments: (mean: Double, variance: Double), crps: Double) {
    let (low, high) = (-20.0, 20.0)
    func integral(_ a: Double, _ b: Double, _ f: (Double) -> Double) -> Double {
      let intervals = 40_000
      let width = (b - a) / Double(intervals)
      let sum = (0...intervals).reduce(0.0) { sum, i in
        let weight = i == 0 || i == intervals ? 1.0 : i % 2 == 1 ? 4 : 2
        return sum + weight * f(a + Double(i) * width)
      }
      return sum * width / 3
    }
    let density = { exp(mixture.logDensity($0)) }
    let mean = integral(low, high) { $0 * density($0) }
    let variance = integral(low, high) { ($0 - mean) * ($0 - mean) * density($0) }
    let below = integral(low, target) { mixture.cumulative($0) * mixture.cumulative($0) }
    let above = integral(target, high) { mixture.survival($0) * mixture.survival($0) }
    return ((mean, variance), below + above)
  }
}
