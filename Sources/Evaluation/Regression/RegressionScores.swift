//  RegressionScores.swift — the scores of predictions of a number, as reports and files show them.

/// How well a forecast predicted N targets. The names of the properties are the keys in JSON.
public struct RegressionScores: Codable, Hashable, Sendable {
  /// The number of rows, N.
  public let count: Int
  /// −1/N Σ log p(y). Unit: nats a row, for the target in its original unit.
  public let negativeLogLikelihood: Double
  /// Of the predictive means, in the unit of the target.
  public let rootMeanSquaredError: Double
  /// Of the predictive means, in the unit of the target.
  public let meanAbsoluteError: Double
  /// 1/N Σ CRPS, in the unit of the target.
  public let continuousRankedProbabilityScore: Double
  /// The mean of |share of targets in the central interval − level| over the levels 0.05 to 0.95. A count is partly in an interval, so
  /// that true rates have an error of 0 in the limit of many rows: see `CalibrationCurve`.
  public let calibrationError: Double
  /// From the nominal level of a central interval, written as in "0.9", to the share of targets inside of it. An interval of counts
  /// holds at least its level, and mostly more.
  public let coverage: [String: Double]

  /// Precondition: a forecast of one target, and as many targets as rows. No rows give scores that are not a number.
  public init(
    of forecast: NumberForecast, against targets: [Double], coverageLevels: [Double] = [0.5, 0.8, 0.9, 0.95]
  ) {
    let means = forecast.rows.map { $0.mean }
    let curve = CalibrationCurve.centralIntervals(
      holdingFrom: forecast.centralLevels(targets), levels: coverageLevels)
    count = forecast.count
    negativeLogLikelihood = average(forecast.negativeLogLikelihood(targets))
    rootMeanSquaredError = PointErrors.rootMeanSquared(means, targets)
    meanAbsoluteError = PointErrors.meanAbsolute(means, targets)
    continuousRankedProbabilityScore = average(forecast.continuousRankedProbabilityScore(targets))
    calibrationError = forecast.calibration(against: targets).meanAbsoluteError
    coverage = Dictionary(
      zip(curve.levels.map(\.description), curve.observed), uniquingKeysWith: { first, _ in first })
  }
}
