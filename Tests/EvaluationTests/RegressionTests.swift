import Arrays
import Evaluation
import Foundation
import GoldenValues
import Testing

@Suite struct RegressionTests {
  let reference: UncertaintyMetrics.Regression

  init() throws { reference = try ReferenceValues.metrics().regression }

  /// The reference's Gaussians as mixtures of one component.
  private var forecast: NumberForecast {
    let shape: Shape = [1, reference.mu.count]
    return NumberForecast(
      means: DenseArray(reference.mu, shape: shape), standardDeviations: DenseArray(reference.sigma, shape: shape))
  }

  @Test func scoresMatchTheReference() {
    let scores = RegressionScores(of: forecast, against: reference.y)
    #expect(scores.count == 80)
    #expect(agree(scores.negativeLogLikelihood, reference.gaussianNllMean))
    #expect(agree(scores.rootMeanSquaredError, reference.rmse))
    #expect(agree(scores.meanAbsoluteError, reference.mae))
    #expect(agree(scores.continuousRankedProbabilityScore, reference.crpsGaussianMean))
    #expect(scores.coverage["0.9"] == reference.interval90.picp)
    #expect(agree(scores.calibrationError, reference.calibrationCurve.meanAbsCalibrationErrorCentral))
    #expect(Set(scores.coverage.keys) == ["0.5", "0.8", "0.9", "0.95"])
  }

  @Test func scoresHaveTheirNamesInJSON() throws {
    let scores = RegressionScores(of: forecast, against: reference.y)
    let data = try JSONEncoder().encode(scores)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "count", "negativeLogLikelihood", "rootMeanSquaredError", "meanAbsoluteError",
        "continuousRankedProbabilityScore", "calibrationError", "coverage",
      ])
    #expect((object["coverage"] as? [String: Double])?["0.9"] == reference.interval90.picp)
    #expect(try JSONDecoder().decode(RegressionScores.self, from: data) == scores)
  }

  @Test func drawsAreTheFirstAxis() {
    let forecast = NumberForecast(
      means: DenseArray(rows: [[1, 2, 3], [5, 6, 7]]), standardDeviations: DenseArray(rows: [[1, 1, 1], [2, 2, 2]]))
    #expect(forecast.count == 3)
    let row = forecast.rows[2] as? GaussianMixture
    #expect(row?.means == [3, 7])
    #expect(row?.standardDeviations == [1, 2])
  }

  @Test func calibrationCurvesMatchTheReferenceExactly() {
    let transforms = forecast.probabilityIntegralTransform(reference.y)
    let expected = reference.calibrationCurve
    let central = CalibrationCurve.centralIntervals(transforms, levels: expected.levels)
    let quantiles = CalibrationCurve.quantiles(transforms, levels: expected.levels)
    #expect(central.observed == expected.observedCentralInterval)
    #expect(quantiles.observed == expected.observedQuantile)
    #expect(agree(quantiles.meanAbsoluteError, expected.meanAbsCalibrationErrorQuantile))
    #expect(agree(quantiles.rootMeanSquaredError, expected.rmsCalibrationErrorQuantile))
    #expect(agree(central.meanAbsoluteError, expected.meanAbsCalibrationErrorCentral))
    #expect(agree(CalibrationCurve.standardLevels, expected.levels, within: 1e-15))
  }

  @Test func aTargetAtTheEndOfAnIntervalIsInside() {
    #expect(CalibrationCurve.quantiles([0.25, 0.5], levels: [0.25, 0.5]).observed == [0.5, 1])
    #expect(CalibrationCurve.centralIntervals([0.25, 0.875], levels: [0.5, 0.75]).observed == [0.5, 1])
  }

  @Test func coverageWithAnUndefinedTargetIsUndefined() {
    #expect(CalibrationCurve.centralIntervals([0.5, .nan], levels: [0.9]).observed[0].isNaN)
  }

  @Test func intervalAndPinballScoresMatchTheReference() {
    let interval = reference.interval90
    let rows = reference.y.indices
    let winkler = rows.map {
      IntervalScore.winkler(
        lower: interval.lower[$0], upper: interval.upper[$0], level: 0.9, target: reference.y[$0])
    }
    let lower = rows.map { IntervalScore.pinball(quantile: interval.lower[$0], level: 0.05, target: reference.y[$0]) }
    let upper = rows.map { IntervalScore.pinball(quantile: interval.upper[$0], level: 0.95, target: reference.y[$0]) }
    #expect(agree(winkler.reduce(0, +) / 80, interval.winklerIntervalScoreMean))
    #expect(agree(lower.reduce(0, +) / 80, interval.pinballLowerMean))
    #expect(agree(upper.reduce(0, +) / 80, interval.pinballUpperMean))
  }

  @Test func scoresOfSamplesMatchTheReference() {
    let pairs = zip(reference.ensemble.samples.map(EmpiricalForecast.init), reference.y)
    #expect(agree(pairs.map { $0.continuousRankedProbabilityScore($1) }, reference.ensemble.crpsNrg))
    #expect(agree(pairs.map { $0.fairContinuousRankedProbabilityScore($1) }, reference.ensemble.crpsFair))
    let energy = reference.energyScore
    #expect(agree(EnergyScore.score(samples: DenseArray(rows: energy.samples), target: energy.y), energy.value))
  }

  @Test func distancesOfSamplesMatchTheReference() {
    let expected = reference.wasserstein
    #expect(agree(WassersteinDistance.first(expected.a, expected.b), expected.w1))
    #expect(agree(WassersteinDistance.second(expected.a, expected.b), expected.w2))
    #expect(agree(WassersteinDistance.first(expected.a, expected.bUnequal), expected.w1ABUnequal))
    #expect(agree(WassersteinDistance.first(expected.bUnequal, expected.a), expected.w1ABUnequal))
  }
}
