//  StudentTMixtureTests.swift — heavy tails: against SciPy, closed forms and quadrature.

import Evaluation
import Foundation
import GoldenValues
import Testing

@Suite struct StudentTMixtureTests {
  /// Two draws that disagree, and a wide one.
  private static let mixture = StudentTMixture(
    degreesOfFreedom: 3.5, locations: [-3, 4.5, 0.2], scales: [0.4, 0.05, 1.7])

  private static func single(_ degrees: Double, _ location: Double = 0, _ scale: Double = 1) -> StudentTMixture {
    StudentTMixture(degreesOfFreedom: degrees, locations: [location], scales: [scale])
  }

  @Test func oneComponentIsTheDistributionOfTheReference() throws {
    let reference: DistributionReference = try ReferenceValues.load("student_t")
    let parameters = reference.params
    let one = Self.single(
      try #require(parameters["df"]), try #require(parameters["loc"]), try #require(parameters["scale"]))
    #expect(agreeRelatively(reference.x.map(one.logDensity), reference.logProb, within: 1e-12))
    // The places of the reference are quantiles that were rounded: next to 1e-6 that costs about 3e-11.
    #expect(agreeRelatively(reference.x.map(one.cumulative), reference.cdf, within: 1e-12))
    #expect(agreeRelatively(reference.x.map(one.survival), try #require(reference.survival), within: 1e-12))
    #expect(agreeRelatively(reference.quantileP.map(one.quantile), reference.quantile, within: 1e-10))
    #expect(agree(one.mean, reference.mean, within: 1e-15))
    #expect(agree(one.aleatoricVariance, reference.variance, within: 1e-12) && one.epistemicVariance == 0)
  }

  @Test func oneDegreeOfFreedomIsCauchy() {
    let cauchy = Self.single(1)
    for z in [-1e200, -1e9, -3, -1.2, -1e-9, 0.3, 2, 40] {
      // The angle of (−z, 1) keeps the digits of both tails; an exponent of size log z² has its rounding.
      let allowed = 5e-16 * max(10, log(z * z))
      #expect(abs(cauchy.cumulative(z) / (atan2(1, -z) / Double.pi) - 1) < allowed, "z = \(z)")
    }
    for p in [1e-300, 1e-12, 0.1, 0.25, 0.4, 0.6, 0.75, 0.999] {
      #expect(agreeRelatively([cauchy.quantile(p)], [-1 / tan(Double.pi * p)], within: 1e-13), "p = \(p)")
    }
  }

  @Test func manyDegreesOfFreedomAreNormal() {
    for degrees in [1e5, 1e8, 1e15] {
      for z in [-6.0, -1.7, -0.1, 0.8, 5] {
        // The first correction of the tail is z⁴/(4ν) of it, and of the density.
        let allowed = 2 * max(1, z * z * z * z) / (4 * degrees) + 1e-13
        let ratio = Self.single(degrees).cumulative(z) / StandardNormal.cumulative(z)
        #expect(abs(ratio - 1) < allowed, "ν = \(degrees), z = \(z)")
        let difference = Self.single(degrees).logDensity(z) - StandardNormal.logDensity(z)
        #expect(abs(difference) < allowed, "ν = \(degrees), z = \(z)")
      }
    }
  }

  @Test func theDistributionHasNoStepWhereItsFormsMeet() {
    // At z² = 3ν/(ν + 2) the fractions change, at ν = 10⁴ they give way to a series.
    for degrees in [0.3, 2, 7, 41, 500] {
      let z = (3 * degrees / (degrees + 2)).squareRoot()
      let one = Self.single(degrees)
      #expect(abs(one.cumulative(z * (1 - 1e-15)) - one.cumulative(z * (1 + 1e-15))) < 1e-14, "ν = \(degrees)")
    }
    for z in [-20.0, -5, -0.7, 1.2] {
      let (below, above) = (Self.single(1e4).cumulative(z), Self.single(1e4.nextUp).cumulative(z))
      #expect(abs(below / above - 1) < 1e-12, "z = \(z)")
    }
    // The two forms of the normaliser, at ν = 40.
    #expect(abs(Self.single(39.9999999999).logDensity(0) - Self.single(40).logDensity(0)) < 1e-13)
  }

  @Test func densityIsTheDerivativeOfTheCumulative() {
    for y in [-4.0, -2.8, 0, 4.4, 4.55] {
      let step = 1e-5
      let slope = (Self.mixture.cumulative(y + step) - Self.mixture.cumulative(y - step)) / (2 * step)
      #expect(abs(exp(Self.mixture.logDensity(y)) - slope) < 1e-6 * max(1, slope), "y = \(y)")
      #expect(abs(Self.mixture.cumulative(y) + Self.mixture.survival(y) - 1) < 1e-15)
    }
  }

  @Test func quantileInvertsTheCumulative() {
    for p in [1e-12, 1e-3, 0.05, 0.3, 1.0 / 3, 0.5, 0.65, 0.9, 0.999] {
      #expect(abs(Self.mixture.cumulative(Self.mixture.quantile(p)) / p - 1) <= 1e-12, "p = \(p)")
    }
    let tail = 0x1p-40
    #expect(abs(Self.mixture.survival(Self.mixture.quantile(1 - tail)) / tail - 1) < 1e-12)
    #expect(Self.mixture.quantile(0) == -.infinity && Self.mixture.quantile(1) == .infinity)
    #expect(Self.mixture.quantile(1.1).isNaN)
  }

  @Test func varianceIsBetweenAndWithinDraws() {
    let mean = (-3 + 4.5 + 0.2) / 3
    let between = [-3, 4.5, 0.2].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
    let within = 3.5 / 1.5 * (0.16 + 0.0025 + 2.89) / 3
    #expect(agree([Self.mixture.mean, Self.mixture.epistemicVariance], [mean, between], within: 1e-14))
    #expect(agree(Self.mixture.aleatoricVariance, within, within: 1e-14))
  }

  @Test func momentsThatAreNotThereAreNotGiven() {
    #expect(Self.single(2, 1).mean == 1 && Self.single(2).aleatoricVariance == .infinity)
    #expect(Self.single(1).mean.isNaN && Self.single(1).epistemicVariance.isNaN)
    #expect(Self.single(0.5).continuousRankedProbabilityScore(0) == .infinity)
  }

  /// z (2T(z) − 1) + (2 t(z) (ν + z²) − 2 √ν B(½, ν − ½) / B(½, ν/2)²) / (ν − 1), for ν > 1.
  private static func closedScore(_ degrees: Double, _ z: Double) -> Double {
    func logBeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }
    let one = single(degrees)
    let ratio = exp(logBeta(0.5, degrees - 0.5) - 2 * logBeta(0.5, degrees / 2))
    let spread = 2 * exp(one.logDensity(z)) * (degrees + z * z) - 2 * degrees.squareRoot() * ratio
    return z * (2 * one.cumulative(z) - 1) + spread / (degrees - 1)
  }

  @Test(arguments: [1.2, 2, 4.372, 30, 300]) func crpsOfOneComponentIsItsClosedForm(degrees: Double) {
    for z in [0, 0.4, -2.5, 60] {
      let score = Self.single(degrees, 10, 2).continuousRankedProbabilityScore(10 + 2 * z)
      #expect(abs(score - 2 * Self.closedScore(degrees, z)) < 1e-9 * max(1, score), "z = \(z)")
    }
  }

  @Test func crpsOfAMixtureIsTheIntegralOfTheSquaredDifference() {
    for (mixture, target) in [
      (Self.mixture, -3.5), (Self.mixture, 0.2), (Self.mixture, 9),
      (StudentTMixture(degreesOfFreedom: 1, locations: [0, 2, 5], scales: [1, 0.5, 2]), 1.3),
      (StudentTMixture(degreesOfFreedom: 0.8, locations: [0, 2, 5], scales: [1, 0.5, 2]), 1.3),
    ] {
      // x = sinh t, to 10⁴³; what is left out of the heaviest tail is 10^(43 · (1 − 1.6)).
      let expected =
        simpson(-100, asinh(target)) { pow(mixture.cumulative(sinh($0)), 2) * cosh($0) }
        + simpson(asinh(target), 100) { pow(mixture.survival(sinh($0)), 2) * cosh($0) }
      #expect(abs(mixture.continuousRankedProbabilityScore(target) - expected) < 1e-8, "y = \(target)")
    }
  }

  @Test func manyDegreesOfFreedomScoreAsNormal() {
    let normal = GaussianMixture(means: [-3, 4.5, 0.2], standardDeviations: [0.4, 0.05, 1.7])
    let student = StudentTMixture(degreesOfFreedom: 1e9, locations: [-3, 4.5, 0.2], scales: [0.4, 0.05, 1.7])
    for y in [-2.0, 4.5, 9] {
      let expected = normal.continuousRankedProbabilityScore(y)
      #expect(abs(student.continuousRankedProbabilityScore(y) - expected) < 1e-7 * expected)
      // The first correction of a density, z⁴/(4ν), at z = 5.2.
      #expect(abs(student.logDensity(y) - normal.logDensity(y)) < 4e-7)
    }
  }

  @Test func whatIsNotANumberStaysSo() {
    let broken = StudentTMixture(degreesOfFreedom: 3, locations: [0, .nan], scales: [1, 1])
    #expect(broken.logDensity(0).isNaN && broken.quantile(0.5).isNaN)
    #expect(broken.continuousRankedProbabilityScore(0).isNaN)
  }
}
