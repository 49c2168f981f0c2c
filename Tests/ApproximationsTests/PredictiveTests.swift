//  PredictiveTests.swift — the equations of Predictive.swift, one by one, against sums written out here.

import Approximations
import Arrays
import Evaluation
import Foundation
import Testing

@Suite struct PredictiveTests {
  private static let (draws, rows) = (4, 6)
  private static let rounding = 1e-12

  private static let means: DenseArray<Double> = {
    var random = Philox(seed: 3)
    return random.normal(shape: [draws, rows, 1])
  }()

  private static let deviations: DenseArray<Double> = {
    var random = Philox(seed: 4)
    return random.uniform(shape: [draws, rows, 1])
  }()

  private static let numbers = Predictive(.numbers(means: means, standardDeviations: deviations))

  private static func average(_ value: (Int) -> Double) -> Double {
    (0..<draws).reduce(0) { $0 + value($1) } / Double(draws)
  }

  private static func areClose(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= rounding * max(1, abs($1)) }
  }

  @Test func meanEpistemicAndAleatoricAreEquations1To3() {
    let mean = (0..<Self.rows).map { n in Self.average { Self.means[$0, n, 0] } }
    let epistemic = (0..<Self.rows).map { n in
      Self.average { (Self.means[$0, n, 0] - mean[n]) * (Self.means[$0, n, 0] - mean[n]) }.squareRoot()
    }
    let aleatoric = (0..<Self.rows).map { n in
      Self.average { Self.deviations[$0, n, 0] * Self.deviations[$0, n, 0] }.squareRoot()
    }
    #expect(Self.numbers.count == Self.rows)
    #expect(Self.areClose(Self.numbers.mean, mean))
    #expect(Self.areClose(Self.numbers.epistemic, epistemic))
    #expect(Self.areClose(Self.numbers.aleatoric, aleatoric))
  }

  @Test func theVarianceIsThatOfTheMixture() {
    // Equation (4) against E[y²] − E[y]² of the mixture.
    let deviation = (0..<Self.rows).map { n in
      let second = Self.average { s in
        Self.means[s, n, 0] * Self.means[s, n, 0] + Self.deviations[s, n, 0] * Self.deviations[s, n, 0]
      }
      let first = Self.average { Self.means[$0, n, 0] }
      return (second - first * first).squareRoot()
    }
    #expect(Self.areClose(Self.numbers.standardDeviation, deviation))
    let parts = zip(Self.numbers.epistemic, Self.numbers.aleatoric).map { ($0 * $0 + $1 * $1).squareRoot() }
    #expect(Self.areClose(Self.numbers.standardDeviation, parts))
  }

  @Test func oneDrawHasNoEpistemicPart() {
    let single = Predictive(
      .numbers(means: Self.means.rows(0..<1), standardDeviations: Self.deviations.rows(0..<1)))
    #expect(single.epistemic.allSatisfy { $0 == 0 })
    #expect(Self.areClose(single.standardDeviation, Self.deviations.rows(0..<1).elements))
  }

  @Test func whatADrawDoesNotKnowOfItsMeanIsEpistemic() {
    // As of a Gaussian process: one component whose variance has two parts.
    let (noise, function) = (Self.deviations.rows(0..<1), Self.deviations.rows(1..<2))
    let process = Predictive(
      .numbers(means: Self.means.rows(0..<1), noiseDeviations: noise, functionDeviations: function))
    #expect(Self.areClose(process.epistemic, function.elements))
    #expect(Self.areClose(process.aleatoric, noise.elements))
    let total = zip(noise.elements, function.elements).map { ($0 * $0 + $1 * $1).squareRoot() }
    #expect(Self.areClose(process.standardDeviation, total))
    let rescaled = process.rescaled(offset: 3, scale: 2)
    #expect(Self.areClose(rescaled.epistemic, function.elements.map { 2 * $0 }))
    for (n, interval) in process.interval(0.9).enumerated() {
      let half = StandardNormal.quantile(0.95) * total[n]
      #expect(abs(interval.lower - (Self.means[0, n, 0] - half)) < 1e-12)
      #expect(abs(interval.upper - (Self.means[0, n, 0] + half)) < 1e-12)
    }
  }

  @Test(arguments: [0.1, 0.5, 0.9, 0.999]) func anIntervalHoldsItsShareWithEqualTails(level: Double) {
    for (interval, mixture) in zip(Self.numbers.interval(level), Self.numbers.mixture.rows) {
      #expect(abs(mixture.cumulative(interval.lower) - 0.5 * (1 - level)) < 1e-10)
      #expect(abs(mixture.survival(interval.upper) - 0.5 * (1 - level)) < 1e-10)
    }
  }

  @Test func anotherUnitMovesEverythingWithIt() {
    let (offset, scale) = (100.0, 7.0)
    let rescaled = Self.numbers.rescaled(offset: offset, scale: scale)
    #expect(Self.areClose(rescaled.mean, Self.numbers.mean.map { offset + scale * $0 }))
    #expect(Self.areClose(rescaled.epistemic, Self.numbers.epistemic.map { scale * $0 }))
    #expect(Self.areClose(rescaled.aleatoric, Self.numbers.aleatoric.map { scale * $0 }))
    for (new, old) in zip(rescaled.interval(0.9), Self.numbers.interval(0.9)) {
      #expect(abs(new.lower - (offset + scale * old.lower)) < 1e-9)
      #expect(abs(new.upper - (offset + scale * old.upper)) < 1e-9)
    }
    // The density of a number in another unit is smaller by the scale.
    let targets = [Double](repeating: 0.3, count: Self.rows)
    let loss = Self.numbers.mixture.negativeLogLikelihood(targets).map { $0 + log(scale) }
    #expect(Self.areClose(rescaled.mixture.negativeLogLikelihood(targets.map { offset + scale * $0 }), loss))
  }

  @Test func entropyAndMutualInformationAreEquations5And6() {
    // Draws that are sure and disagree; draws that are unsure and agree; draws that are sure and agree.
    let probabilities = DenseArray<Double>(
      [1, 0, 0.5, 0.5, 0.9, 0.1] + [0, 1, 0.5, 0.5, 0.9, 0.1], shape: [2, 3, 2])
    let forecast = Predictive(.classes(probabilities: probabilities))
    let entropy = -0.9 * log(0.9) - 0.1 * log(0.1)
    #expect(forecast.count == 3)
    #expect(Self.areClose(forecast.classes.predictiveEntropy, [log(2), log(2), entropy]))
    #expect(Self.areClose(forecast.classes.mutualInformation, [log(2), 0, 0]))
    #expect(forecast.classes.mean.elements == [0.5, 0.5, 0.5, 0.5, 0.9, 0.1])
  }
}
