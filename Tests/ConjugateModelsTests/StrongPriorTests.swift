//  StrongPriorTests.swift — conjugate models whose prior counts for far more than the data, against values computed with eighty digits.

import ConjugateModels
import Evaluation
import Foundation
import Testing

@Suite struct StrongPriorTests {
  /// Whether a number agrees with another to twelve digits.
  private func agrees(_ found: Double, _ expected: Double) -> Bool { abs(found - expected) <= 1e-12 * abs(expected) }

  @Test(
    arguments: [
      ([1e10, 1e10, 1e10, 1e10], [2, 3, 1, 4], -13.8629436113239062), ([1e10, 1], [10, 0], -9.999999995e-10),
      ([1e10, 1], [10, 2], -45.3585546826209684), ([1e6, 1e8, 2, 1e-3], [5, 0, 7, 3], -202.990410489360945),
      ([1e17, 1, 1e17], [3, 0, 1], -2.77258872223978126),
      ([1e13, 1e13, 1e13], [1_000_000, 2_000_000, 3_000_000], -6591673.63200887815),
      ([0.5, 1, 2], [3, 0, 9], -9.60291965627064997),
    ] as [([Double], [Int], Double)])
  func theEvidenceOfClassesKeepsItsDigits(concentrations: [Double], counts: [Int], expected: Double) {
    var model = DirichletCategorical(prior: DirichletDistribution(concentrations: concentrations))
    model.observe(counts: counts)
    #expect(agrees(model.logEvidence, expected), "\(model.logEvidence)")
  }

  @Test(
    arguments: [
      (1e10, 1e10, 5, 5, -6.93147180584945309), (3e8, 1e12, 7, 1000, -57.0841512140865624),
      (1e-6, 1e10, 2, 3, -59.8672114185456883), (1e300, 1e300, 5, 5, -6.93147180559945309),
      (1e-300, 1e10, 1, 0, -713.801378828154162), (2.5, 0.5, 100, 3, -15.2097191599495582),
    ] as [(Double, Double, Int, Int, Double)])
  func theEvidenceOfACoinKeepsItsDigits(alpha: Double, beta: Double, successes: Int, failures: Int, expected: Double) {
    var coin = BetaBernoulli(prior: BetaDistribution(alpha: alpha, beta: beta))
    coin.observe(successes: successes, failures: failures)
    #expect(agrees(coin.logEvidence, expected), "\(coin.logEvidence)")
  }

  @Test(
    arguments: [
      (3, 1e10 + 5, 1e10 + 5, 1.0, -0.980829253061726237), (50, 1e12, 3e12, 12, -2.04509724501494612),
      (3, 1e10, 1e10, 1, -0.980829253061726237),
    ] as [(Int, Double, Double, Double, Double)])
  func furtherTossesKeepTheirDigits(trials: Int, alpha: Double, beta: Double, x: Double, expected: Double) {
    let tosses = BetaBinomial(trials: trials, probability: BetaDistribution(alpha: alpha, beta: beta))
    #expect(agrees(tosses.logDensity(x), expected), "\(tosses.logDensity(x))")
  }

  @Test(
    arguments: [
      (2e8, 1e8, 3.0, -1.71231793254821903), (2e12, 1e12, 3, -1.71231792754871909),
      (2e17, 1e17, 3, -1.71231792754821901),
      (2e17, 1e17, 0, -2.0), (3e9, 1e3, 3_000_100, -8.37818140065000566), (5, 1e12, 2, -52.5539920307618864),
    ] as [(Double, Double, Double, Double)])
  func aFurtherCountKeepsItsDigits(shape: Double, rate: Double, count: Double, expected: Double) {
    let further = GammaPoisson(prior: GammaDistribution(shape: shape, rate: rate)).predictive()
    #expect(agrees(further.logDensity(count), expected), "\(further.logDensity(count))")
    #expect(agrees(further.mean, shape / rate), "\(further.mean)")
    #expect(agrees(further.variance, shape / rate * (1 + 1 / rate)))
  }

  @Test func tailsOfAFurtherCountAreThoseOfPoisson() {
    let cases: [(rate: Double, count: Double, below: Double, above: Double)] = [
      (1e17, 3, 0.857123460498547022, 0.142876539501452978), (1e12, 0, 0.135335283236748033, 0.864664716763251967),
      (1e12, 6, 0.995466194473727075, 0.00453380552627292541),
    ]
    for (rate, count, below, above) in cases {
      let further = GammaPoisson(prior: GammaDistribution(shape: 2 * rate, rate: rate)).predictive()
      #expect(agrees(further.cumulative(count), below), "\(further.cumulative(count))")
      #expect(agrees(further.survival(count), above), "\(further.survival(count))")
      #expect(further.quantile(0.9) == 4)
    }
    let certain = NegativeBinomial(successes: 3, probability: 1)
    #expect(certain.logDensity(0) == 0 && certain.logDensity(1) == -.infinity && certain.mean == 0)
    #expect(certain.cumulative(0) == 1 && certain.survival(0) == 0)
  }

  @Test func narrowPriorsHaveTheirDensities() {
    let cases: [(any UnivariateDistribution, x: Double, expected: Double)] = [
      (BetaDistribution(alpha: 1e10, beta: 1e10), 0.5, 11.6337077025929736),
      (BetaDistribution(alpha: 1e10, beta: 3e10), 0.250001, 12.0174531854125383),
      (BetaDistribution(alpha: 1e14, beta: 1), 1 - 1e-14, 31.2369905797540037),
      (BetaDistribution(alpha: 0.5, beta: 1e12), 1e-13, 28.1099487195008409),
      (GammaDistribution(shape: 2e10, rate: 1e10), 2, 10.2474133414814164),
      (GammaDistribution(shape: 2e10, rate: 1e10), 2.00003, 7.9974208413113132),
      (GammaDistribution(shape: 1e15, rate: 4e14), 2.5, 15.4341589323765147),
      (InverseGammaDistribution(shape: 1e10, scale: 2e10), 2, 9.90083975119727704),
      (InverseGammaDistribution(shape: 1e10, scale: 2e10), 1.9999, -2.59994362776076114),
    ]
    for (distribution, x, expected) in cases {
      // A number between two others has a density that is known to what the rounding of x does to it: 10⁻¹¹ here.
      let found = distribution.logDensity(x)
      #expect(abs(found - expected) < 1e-10 * abs(expected), "\(distribution) at \(x): \(found)")
    }
    #expect(GammaDistribution(shape: 1, rate: 3).logDensity(0) == log(3))
    #expect(GammaDistribution(shape: 2, rate: 3).logDensity(.infinity) == -.infinity)
    #expect(BetaDistribution(alpha: 1, beta: 2).logDensity(0) == log(2))
    #expect(BetaDistribution(alpha: 1, beta: 2).logDensity(1) == -.infinity)
    #expect(BetaDistribution(alpha: 0.5, beta: 2).logDensity(0) == .infinity)
    #expect(InverseGammaDistribution(shape: 2, scale: 3).logDensity(.leastNonzeroMagnitude) == -.infinity)
  }

  @Test(
    arguments: [
      (1e10, 1e10, 1, 0, -8.09083281742855527), (1e16, 1e16, 1, 0, -8.090832817304058),
      (1e16, 4e16, 1e10, 0.5, -8.67956919407133239), (1e6, 2e-3, 2, 0, -7208077.71652783229),
      (3, 2, 1, 0, -8.54008510006188608),
    ] as [(Double, Double, Double, Double, Double)])
  func theEvidenceOfAVarianceKeepsItsDigits(
    shape: Double, scale: Double, weight: Double, location: Double, expected: Double
  ) {
    let prior = NormalInverseGamma(location: location, weight: weight, shape: shape, scale: scale)
    var model = NormalUnknownVariance(prior: prior)
    model.observe([0.5, -1, 2, 0.25, 1.125])
    #expect(agrees(model.logEvidence, expected), "\(model.logEvidence)")
  }

  @Test func aShareThatIsAllButAllLeavesTheOthersTheirs() {
    let prior = DirichletDistribution(concentrations: [1e17, 1, 2])
    #expect(prior.marginal(0).beta == 3)
    #expect(agrees(prior.variance[0], 3e-34))
  }

  @Test(
    arguments: [
      (1e-300, 3.0, 1382.24420297698736), (1e-3, 1, 0), (0.7, 2.5, 1.51622494047007344), (11.5, 1, 0),
      (11.5, 4, 0.475525873071554778), (13, 1, 0), (1e6, 10, 0.0000449998575006749962), (1e10, 10, 4.499999998575e-9),
      (1e17, 1e9, 4.99999997833333344), (1e17, 3, 2.99999999999999997e-17), (5, 1e8, 1581124363.78577466),
      (40, 30, 8.89240443966604512),
    ] as [(Double, Double, Double)])
  func risingFactorialsLessPowersKeepTheirDigits(x: Double, k: Double, expected: Double) {
    let found = logRisingExcess(x, k)
    // Below 12 by log Γ, whose values are known to rounding.
    #expect(abs(found - expected) <= 1e-13 * abs(expected) + (x < 12 ? 1e-14 : 1e-16), "\(found)")
  }
}
