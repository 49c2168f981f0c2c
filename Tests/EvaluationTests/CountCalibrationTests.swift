//  CountCalibrationTests.swift — whether forecasts of counts are calibrated: true rates are, others are not.

import Arrays
import Evaluation
import Foundation
import GoldenValues
import Testing

@Suite struct CountCalibrationTests {
  /// λ = exp(0.5 + 0.7 x) for normal x, and a count of each.
  private static let data: (rates: [Double], counts: [Double]) = {
    var random = Philox(seed: 6)
    let rates = (0..<20_000).map { _ in exp(0.5 + 0.7 * random.normal()) }
    // Arrivals of a unit of time, by Knuth's product of uniforms.
    let counts = rates.map { rate in
      var (count, product) = (0.0, random.uniform())
      while product > exp(-rate) {
        count += 1
        product *= random.uniform()
      }
      return count
    }
    return (rates, counts)
  }()

  private static func forecast(_ factor: Double) -> NumberForecast {
    NumberForecast(.poisson(rates: DenseArray(data.rates.map { factor * $0 }, shape: [1, data.rates.count, 1])))
  }

  private static func scores(_ factor: Double) -> RegressionScores {
    RegressionScores(of: forecast(factor), against: data.counts)
  }

  @Test func trueRatesAreCalibratedAndOthersAreNot() {
    // A share of 20 000 rows has a standard error of 0.35 % at most. The others by NumPy: 13.2, 5.3 and 3.9 %.
    #expect(Self.scores(1).calibrationError < 0.005)
    for (factor, expected) in [(0.5, 0.132), (0.7, 0.053), (1.5, 0.039)] {
      #expect(abs(Self.scores(factor).calibrationError - expected) < 0.006, "rates times \(factor)")
    }
    let quantiles = [1, 0.7].map { factor in
      let forecast = Self.forecast(factor)
      let below = zip(forecast.rows, Self.data.counts).map { $0.cumulativeBelow($1) }
      return CalibrationCurve.quantiles(forecast.probabilityIntegralTransform(Self.data.counts), below: below)
        .meanAbsoluteError
    }
    #expect(quantiles[0] < 0.01 && abs(quantiles[1] - 0.122) < 0.01, "\(quantiles)")
  }

  @Test func theProperScoresPreferTrueRates() {
    let truth = Self.scores(1)
    for factor in [0.5, 0.7, 1.5] {
      let other = Self.scores(factor)
      #expect(other.negativeLogLikelihood > truth.negativeLogLikelihood + 0.05, "rates times \(factor)")
      #expect(other.continuousRankedProbabilityScore > truth.continuousRankedProbabilityScore + 0.02, "\(factor)")
    }
  }

  @Test func intervalsOfTrueRatesHoldTheirOwnProbability() throws {
    // Whole numbers make that more than the level: the coverage is that of the intervals that a prediction shows.
    let coverage = Self.scores(1).coverage
    for level in [0.5, 0.8, 0.9, 0.95] {
      let promised = Self.forecast(1).rows.reduce(0.0) { sum, row in
        let (lower, upper) = row.interval(level)
        return sum + row.cumulative(upper) - row.cumulativeBelow(lower)
      }
      let share = promised / 20_000
      let found = try #require(coverage["\(level)"])
      #expect(share > level && abs(found - share) < 0.014, "level \(level)")
    }
  }

  @Test func sharesOfACountAverageToTheLevelUnderTheForecastItself() {
    // Σ p(k) (share of [F(k − 1), F(k)] in the interval) = ℓ, whatever the forecast.
    let one = NumberForecast(.poisson(rates: DenseArray([0.2, 1.3, 6], shape: [3, 1, 1])))
    var shares = [Double](repeating: 0, count: 19)
    for k in 0...60 {
      let probability = exp(-one.negativeLogLikelihood([Double(k)])[0])
      for (place, share) in one.calibration(against: [Double(k)]).observed.enumerated() {
        shares[place] += probability * share
      }
    }
    #expect(agree(shares, CalibrationCurve.standardLevels, within: 1e-12))
  }

  @Test func aCountIsInAnIntervalByTheShareOfItsStep() {
    // A step from 0.2 to 0.6, and a target whose distribution does not jump.
    let central = CalibrationCurve.centralIntervals([0.6, 0.3], below: [0.2, 0.3], levels: [0.2, 0.5, 0.9])
    #expect(agree(central.observed, [0.25, 0.9375, 1], within: 1e-15))
    let quantiles = CalibrationCurve.quantiles([0.6, 0.3], below: [0.2, 0.3], levels: [0.1, 0.3, 0.5])
    #expect(agree(quantiles.observed, [0, 0.625, 0.875], within: 1e-15))
    #expect(CalibrationCurve.centralIntervals([0.6], below: [.nan], levels: [0.5]).observed[0].isNaN)
  }

  @Test func aRateOfNoughtIsCertain() {
    let none = NumberForecast(.poisson(rates: DenseArray([0], shape: [1, 1, 1])))
    #expect(agree(none.calibration(against: [0]).observed, CalibrationCurve.standardLevels, within: 1e-15))
    #expect(none.calibration(against: [3]).observed.allSatisfy { $0 == 0 })
  }
}
