//  ClassificationScores.swift — the scores of predictions of a class, as reports and files show them.

/// How well class probabilities predicted N labels. The names of the properties are the keys in JSON.
public struct ClassificationScores: Codable, Hashable, Sendable {
  /// The number of rows, N.
  public let count: Int
  /// −1/N Σ log p(y). Unit: nats a row.
  public let negativeLogLikelihood: Double
  /// The share of rows whose most probable class came.
  public let accuracy: Double
  /// Summed over classes, averaged over rows, in [0, 2].
  public let brierScore: Double
  /// Of the top class, in 15 bins of equal width.
  public let expectedCalibrationError: Double

  /// Precondition: N labels from 0 to C − 1. No rows give scores that are not a number.
  public init(of forecast: ClassForecast, against labels: [Int]) {
    count = forecast.count
    negativeLogLikelihood = forecast.negativeLogLikelihood(labels)
    accuracy = forecast.accuracy(labels)
    brierScore = forecast.brierScore(labels)
    expectedCalibrationError = ReliabilityDiagram(of: forecast, against: labels).expectedCalibrationError
  }
}
