//  NumberForecastTests.swift — several targets, several draws, every family.

import Arrays
import Evaluation
import Foundation
import GoldenValues
import Testing

@Suite struct NumberForecastTests {
  /// S = 3, N = 4, D = 2.
  private static let shape: Shape = [3, 4, 2]

  private static let first: DenseArray<Double> = {
    var random = Philox(seed: 1)
    return random.normal(shape: shape)
  }()

  private static let second: DenseArray<Double> = {
    var random = Philox(seed: 2)
    let uniform: DenseArray<Double> = random.uniform(shape: shape)
    return DenseArray(uniform.elements.map { 0.2 + $0 }, shape: shape)
  }()

  private static let third = DenseArray(second.elements.map { 2 * $0 - 0.1 }, shape: shape)

  private static let forecasts = [
    NumberForecast(.normal(means: first, noiseDeviations: second, functionDeviations: nil)),
    NumberForecast(.normal(means: first, noiseDeviations: second, functionDeviations: third)),
    NumberForecast(.studentT(degreesOfFreedom: 4, locations: first, scales: second)),
    NumberForecast(.poisson(rates: third)),
  ]

  @Test func theMarginalOfATargetHasItsDraws() {
    for forecast in Self.forecasts {
      #expect(forecast.drawCount == 3 && forecast.count == 4 && forecast.targetCount == 2)
      #expect(forecast.target(1).targetCount == 1 && forecast.target(1).count == 4)
    }
    let marginal = Self.forecasts[1].target(1).rows[2] as? GaussianMixture
    #expect(marginal?.means == (0..<3).map { Self.first[$0, 2, 1] })
    #expect(marginal?.noiseDeviations == (0..<3).map { Self.second[$0, 2, 1] })
    #expect(marginal?.functionDeviations == (0..<3).map { Self.third[$0, 2, 1] })
    let student = Self.forecasts[2].target(0).rows[3] as? StudentTMixture
    #expect(student?.locations == (0..<3).map { Self.first[$0, 3, 0] })
    #expect(student?.scales == (0..<3).map { Self.second[$0, 3, 0] } && student?.degreesOfFreedom == 4)
    let counts = Self.forecasts[3].target(1).rows[0] as? PoissonMixture
    #expect(counts?.rates == (0..<3).map { Self.third[$0, 0, 1] })
  }

  @Test func theJointDensityIsTheMeanOverDrawsOfTheProductOverTargets() {
    let targets = DenseArray<Double>([0, 1, 2, 0, 1, 3, 0, 0], shape: [4, 2])
    for (index, forecast) in Self.forecasts.enumerated() {
      let joint = forecast.jointLogDensity(targets)
      for row in 0..<4 {
        let mean =
          (0..<3).reduce(0.0) { sum, draw in
            sum
              + (0..<2).reduce(1.0) { product, target in
                product * Self.density(index, draw, row, target, targets[row, target])
              }
          } / 3
        #expect(abs(joint[row] - log(mean)) < 1e-12, "forecast \(index), row \(row)")
      }
    }
  }

  /// p(y | draw), by its definition.
  private static func density(_ forecast: Int, _ s: Int, _ n: Int, _ d: Int, _ y: Double) -> Double {
    let (a, b, c) = (first[s, n, d], second[s, n, d], third[s, n, d])
    switch forecast {
    case 0: return exp(-0.5 * pow((y - a) / b, 2)) / (b * (2 * Double.pi).squareRoot())
    case 1:
      let variance = b * b + c * c
      return exp(-0.5 * (y - a) * (y - a) / variance) / (2 * Double.pi * variance).squareRoot()
    case 2: return 0.375 / b * pow(1 + pow((y - a) / b, 2) / 4, -2.5)
    default: return exp(-c + y * log(c)) / tgamma(y + 1)
    }
  }

  @Test func theJointDensityOfOneTargetIsItsMarginal() {
    let targets: [Double] = [1, 0, 2, 1]
    for forecast in Self.forecasts {
      let one = forecast.target(1)
      let joint = one.jointLogDensity(DenseArray(targets, shape: [4, 1]))
      #expect(agree(joint, one.negativeLogLikelihood(targets).map { -$0 }, within: 1e-13))
    }
  }

  @Test func drawsThatAgreeMakeTargetsIndependent() {
    let targets = DenseArray<Double>([0, 1, 2, 0, 1, 3, 0, 0], shape: [4, 2])
    let same = NumberForecast(
      .studentT(degreesOfFreedom: 4, locations: Self.first.rows(0..<1), scales: Self.second.rows(0..<1)))
    let sum = (0..<4).map { row in
      (0..<2).reduce(0.0) { $0 + same.target($1).rows[row].logDensity(targets[row, $1]) }
    }
    #expect(agree(same.jointLogDensity(targets), sum, within: 1e-13))
  }

  @Test func aDrawThatDoesNotKnowItsMeanAddsToIgnoranceAlone() {
    let one = GaussianMixture(means: [1], noiseDeviations: [3], functionDeviations: [4])
    #expect(one.epistemicVariance == 16 && one.aleatoricVariance == 9 && one.standardDeviation == 5)
    let plain = GaussianMixture(mean: 1, standardDeviation: 5)
    #expect(one.logDensity(2) == plain.logDensity(2) && one.quantile(0.9) == plain.quantile(0.9))
    #expect(one.continuousRankedProbabilityScore(2) == plain.continuousRankedProbabilityScore(2))
    // Two draws: the disagreement of their means comes on top.
    let two = GaussianMixture(means: [1, 5], noiseDeviations: [3, 1], functionDeviations: [4, 2])
    #expect(two.epistemicVariance == 4 + 10 && two.aleatoricVariance == 5)
  }

  @Test func anotherUnitMovesEachTargetByItsOwn() {
    let targets = DenseArray<Double>([0.1, 1, 2, 0.7, 1, 3, 0, 0], shape: [4, 2])
    let (offsets, scales) = ([10.0, -3], [2.0, 7])
    let moved = DenseArray(
      targets.elements.enumerated().map { offsets[$0 % 2] + scales[$0 % 2] * $1 }, shape: [4, 2])
    for forecast in Self.forecasts.dropLast() {
      let rescaled = forecast.rescaled(offsets: offsets, scales: scales)
      // The density in the other unit is less by the product of the scales.
      let expected = forecast.jointLogDensity(targets).map { $0 - log(14) }
      #expect(agree(rescaled.jointLogDensity(moved), expected, within: 1e-12))
      for target in 0..<2 {
        let (old, new) = (forecast.target(target).rows[1], rescaled.target(target).rows[1])
        #expect(agree(new.mean, offsets[target] + scales[target] * old.mean, within: 1e-14))
        #expect(agree(new.epistemicVariance, pow(scales[target], 2) * old.epistemicVariance, within: 1e-13))
        #expect(agree(new.aleatoricVariance, pow(scales[target], 2) * old.aleatoricVariance, within: 1e-13))
        #expect(agree(new.quantile(0.2), offsets[target] + scales[target] * old.quantile(0.2), within: 1e-12))
      }
    }
  }

  @Test func countsKeepTheirUnit() async {
    let counts = NumberForecast(.poisson(rates: Self.third))
    #expect(counts.rescaled(offsets: [0, 0], scales: [1, 1]) == counts)
    await #expect(processExitsWith: .failure) {
      let counts = NumberForecast(.poisson(rates: DenseArray([1], shape: [1, 1, 1])))
      _ = counts.rescaled(offsets: [0], scales: [2])
    }
  }

  @Test func scoresTakeEveryFamily() {
    let targets: [Double] = [1, 0, 2, 1]
    for forecast in Self.forecasts {
      let one = forecast.target(0)
      let scores = RegressionScores(of: one, against: targets)
      #expect(scores.count == 4)
      #expect(agree(scores.negativeLogLikelihood, -zip(one.rows, targets).reduce(0) { $0 + $1.0.logDensity($1.1) } / 4))
      let inside = zip(one.rows, targets).filter { row, y in
        let (lower, upper) = row.interval(0.8)
        return lower <= y && y <= upper
      }
      #expect(scores.coverage["0.8"] == Double(inside.count) / 4)
    }
  }
}
