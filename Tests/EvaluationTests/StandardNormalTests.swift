import Evaluation
import Foundation
import Testing

@Suite struct StandardNormalTests {
  @Test func cumulativeAndSurvivalKeepTheirRelativeAccuracyInTheTails() throws {
    let reference = try ReferenceValues.normal()
    let z = reference.x.map { ($0 - reference.params.loc) / reference.params.scale }
    // At z = -38 the probability is below the normal numbers and the reference rounds it to 0.
    let inner = z.indices.filter { abs(z[$0]) < 37 }
    #expect(
      agreeRelatively(inner.map { StandardNormal.cumulative(z[$0]) }, inner.map { reference.cdf[$0] }, within: 1e-13))
    #expect(
      agreeRelatively(
        inner.map { StandardNormal.cumulative(-z[$0]) }, inner.map { reference.survival[$0] }, within: 1e-13))
    let logDensities = z.map { StandardNormal.logDensity($0) - log(reference.params.scale) }
    #expect(agreeRelatively(logDensities, reference.logProb, within: 1e-13))
  }

  @Test func logCumulativeMatchesTheReferenceFromFarLeftToFarRight() throws {
    let reference = try ReferenceValues.normal().standardNormalLogCdf
    // At z = 10 the value is about -Φ(-10), in which the rounding of z counts z² = 100 times.
    #expect(agreeRelatively(reference.x.map(StandardNormal.logCumulative), reference.logCdf, within: 1e-13))
  }

  @Test func logCumulativeIsContinuousWhereItsFormulaChanges() {
    // log Φ(z) has the slope φ/Φ, about 20 at z = -20 and 0.8 at 0.
    for (z, slope) in [(-20.0, 20.05), (0, 0.8)] {
      let step = 1e-9
      let jump = StandardNormal.logCumulative(z + step) - StandardNormal.logCumulative(z - step)
      #expect(abs(jump - 2 * step * slope) < 1e-12 * 204, "at \(z)")
    }
    #expect(StandardNormal.logCumulative(-1e10).isFinite)
  }

  @Test func quantileMatchesTheReference() throws {
    let reference = try ReferenceValues.normal()
    let quantiles = reference.quantileP.map {
      reference.params.loc + reference.params.scale * StandardNormal.quantile($0)
    }
    #expect(agreeRelatively(quantiles, reference.quantile, within: 2e-15))
  }

  @Test func quantileInvertsTheCumulativeEverywhere() {
    for exponent in stride(from: -300.0, through: -0.4, by: 0.7) {
      let p = pow(10, exponent)
      let z = StandardNormal.quantile(p)
      // A relative error ε of z changes log Φ by about z² ε.
      #expect(abs(StandardNormal.logCumulative(z) - log(p)) <= 4 * .ulpOfOne * max(1, z * z), "p = \(p)")
    }
    for excess in [1e-300, 1e-17, 1e-9, 0.01, 0.2499] where 0.5 + excess != 0.5 {
      let exact = (0.5 + excess) - 0.5
      let z = StandardNormal.quantile(0.5 + excess)
      #expect(abs(0.5 * erf(z / 2.0.squareRoot()) - exact) <= 4 * .ulpOfOne * exact, "p = 1/2 + \(excess)")
    }
  }

  @Test func quantileIsOddAboutTheMedianAndDefinedAtTheEnds() {
    for p in [0x1p-20, 0.125, 0.2421875, 0.25, 0.375] {
      #expect(StandardNormal.quantile(p) == -StandardNormal.quantile(1 - p))
    }
    #expect(StandardNormal.quantile(0.5) == 0)
    #expect(StandardNormal.quantile(0) == -.infinity)
    #expect(StandardNormal.quantile(1) == .infinity)
    #expect(StandardNormal.quantile(1.5).isNaN)
    #expect(StandardNormal.quantile(.nan).isNaN)
    #expect(StandardNormal.quantile(.leastNonzeroMagnitude) < -38)
  }
}
