//  DistributionTests.swift — densities, tails, quantiles and moments against independent values.

import ConjugateModels
import Evaluation
import Foundation
import GoldenValues
import Testing

@Suite struct DistributionTests {
  static let names = ["beta", "gamma", "gamma_small_shape", "inverse_gamma", "student_t", "negative_binomial"]

  @Test(arguments: names) func valuesAgreeWithTheReference(name: String) throws {
    let expected = try ReferenceValues.distribution(name)
    let found = distribution(name, expected)
    for (index, x) in expected.x.enumerated() {
      #expect(agree(found.logDensity(x), expected.logProb[index], within: 1e-12), "log p(\(x))")
      #expect(agree(found.cumulative(x), expected.cdf[index], within: 1e-11), "F(\(x)) = \(found.cumulative(x))")
      if let survival = expected.survival {
        #expect(agree(found.survival(x), survival[index], within: 1e-9), "1 − F(\(x)) = \(found.survival(x))")
      }
    }
    for (p, x) in zip(expected.quantileP, expected.quantile) {
      #expect(agree(found.quantile(p), x, within: 1e-10), "F⁻¹(\(p)) = \(found.quantile(p)), not \(x)")
    }
    #expect(agree(found.mean, expected.mean, within: 1e-13) && agree(found.variance, expected.variance, within: 1e-13))
  }

  private func distribution(_ name: String, _ r: DistributionReference) -> any UnivariateDistribution {
    switch name {
    case "beta": BetaDistribution(alpha: r.parameter("a"), beta: r.parameter("b"))
    case "inverse_gamma": InverseGammaDistribution(shape: r.parameter("shape"), scale: r.parameter("scale"))
    case "student_t":
      StudentTDistribution(
        degreesOfFreedom: r.parameter("df"), location: r.parameter("loc"), scale: r.parameter("scale"))
    case "negative_binomial":
      NegativeBinomial(successes: r.parameter("r"), probability: r.parameter("p_success"))
    default: GammaDistribution(shape: r.parameter("shape"), rate: r.parameter("rate"))
    }
  }

  @Test func dirichletAgreesWithTheReference() throws {
    let expected = try ReferenceValues.dirichlet()
    let found = DirichletDistribution(concentrations: try #require(expected.params["alpha"]))
    #expect(agree(expected.x.map { found.logDensity($0) }, expected.logProb, within: 1e-12))
    #expect(agree(found.mean, expected.mean, within: 1e-14) && agree(found.variance, expected.variance, within: 1e-14))
    #expect(agree(found.marginal(1).mean, found.mean[1], within: 1e-15))
  }

  /// A prediction far from all data overflows: it is a value like any other, and no end of a search.
  @Test(arguments: [Double.nan, .infinity]) func ofAnUnknownVarianceNothingIsKnown(variance: Double) {
    let normal = NormalDistribution(mean: 1, variance: variance)
    let mixture = NormalMixture(
      weights: [0.5, 0.5], components: [normal, NormalDistribution(mean: 0, variance: 1)])
    #expect(!normal.quantile(0.9).isFinite && mixture.quantile(0.9).isNaN && !mixture.variance.isFinite)
  }

  @Test func quantilesInvertTailsOverTwelveDecades() {
    let parameters = [1e-3, 0.05, 0.5, 1, 2.5, 40, 1e3, 1e6]
    let probabilities = [1e-12, 1e-6, 0.01, 0.3, 0.5, 0.9, 0.999]
    for a in parameters {
      for p in probabilities {
        let x = RegularizedGamma.quantile(a, p)
        #expect(x < 1e-290 || agree(RegularizedGamma.lower(a, x), p, within: 1e-9), "gamma \(a) \(p)")
        for b in parameters {
          let x = RegularizedBeta.quantile(a, b, p)
          if x > 1e-290 && x < 1 - 1e-6 {
            #expect(agree(RegularizedBeta.lower(a, b, x), p, within: 1e-9), "beta \(a) \(b) \(p) \(x)")
          }
        }
        let t = StudentTDistribution(degreesOfFreedom: a)
        if a >= 0.05 { #expect(agree(t.cumulative(t.quantile(p)), p, within: 1e-9), "t \(a) \(p)") }
      }
    }
  }

  @Test func theGammaDistributionHasNoStepWhereItsFormsMeet() {
    // Up to the shape 10⁷ a series or a fraction, above it an expansion whose error is about 1e-12 of the tail.
    for w in [-30.0, -8, -1, 0, 0.5, 6, 25] {
      let x = 1e7 + w * 1e7.squareRoot()
      for tail in w < 0 ? [RegularizedGamma.lower] : [RegularizedGamma.upper] {
        #expect(agree(tail(1e7, x), tail(1e7.nextUp, x), within: 1e-9), "w = \(w)")
      }
    }
    for p in [1e-300, 1e-12, 0.01, 0.3, 0.5, 0.9, 0.999] {
      let x = RegularizedGamma.quantile(3e9, p)
      #expect(agree(RegularizedGamma.lower(3e9, x), p, within: 1e-8), "\(p)")
    }
    #expect(RegularizedGamma.lower(1e8, 0) == 0 && RegularizedGamma.upper(1e8, .infinity) == 0)
  }

  @Test func limitsOfTheFamiliesAreKnownDistributions() {
    // Student's t with one degree of freedom is Cauchy's; with many it is normal; Beta(1, 1) is uniform.
    let cauchy = StudentTDistribution(degreesOfFreedom: 1)
    #expect(agree(cauchy.quantile(0.9), tan(Double.pi * 0.4), within: 1e-13))
    #expect(cauchy.mean.isNaN && cauchy.variance.isNaN)
    let normal = StudentTDistribution(degreesOfFreedom: 1e12)
    #expect(agree(normal.quantile(0.975), StandardNormal.quantile(0.975), within: 1e-9))
    #expect(agree(BetaDistribution(alpha: 1, beta: 1).quantile(0.3), 0.3, within: 1e-14))
    #expect(agree(GammaDistribution(shape: 1, rate: 2).cumulative(0.7), 1 - exp(-1.4), within: 1e-14))
    #expect(RegularizedGamma.quantile(2, 1.5).isNaN && RegularizedBeta.quantile(2, 3, -0.1).isNaN)
  }

  @Test func betaBinomialSumsToOneAndHasItsMoments() {
    let distribution = BetaBinomial(trials: 14, probability: BetaDistribution(alpha: 2.5, beta: 0.7))
    let counts = (0...14).map(Double.init)
    let masses = counts.map { exp(distribution.logDensity($0)) }
    let mean = zip(masses, counts).reduce(0) { $0 + $1.0 * $1.1 }
    let variance = zip(masses, counts).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    #expect(agree(masses.reduce(0, +), 1, within: 1e-13))
    #expect(agree(mean, distribution.mean, within: 1e-12) && agree(variance, distribution.variance, within: 1e-12))
    #expect(distribution.cumulative(3) + distribution.survival(3) > 1 - 1e-13)
    #expect(distribution.quantile(distribution.cumulative(5) - 1e-9) == 5)
    #expect(distribution.quantile(distribution.cumulative(5) + 1e-9) == 6)
    #expect(distribution.quantile(1) == 14 && distribution.logDensity(2.5) == -.infinity)
  }

  @Test func quantileOfAMixtureInvertsItsTails() {
    let mixture = NormalMixture(
      weights: [0.3, 0.7, 0],
      components: [
        NormalDistribution(mean: -4, variance: 0.1), NormalDistribution(mean: 2, variance: 1),
        NormalDistribution(mean: 1e9, variance: 1),
      ])
    for p in [1e-9, 0.1, 0.3, 0.5, 0.999] {
      #expect(agree(mixture.cumulative(mixture.quantile(p)), p, within: 1e-9))
    }
    #expect(agree(mixture.mean, 0.2, within: 1e-14) && agree(mixture.variance, 0.03 + 0.7 + 0.21 * 36, within: 1e-13))
    let interval = mixture.interval(0.9)
    #expect(interval.lower < -4 && interval.upper > 3)
  }
}
