//  Measure.swift — what a comparison says of each method.

/// A figure of a comparison. The raw value is its key in JSON and CSV.
public enum Measure: String, CaseIterable, Hashable, Sendable {
  /// −1/N Σ log p(y). Unit: nats a row, in the original unit of the target.
  case negativeLogLikelihood
  /// Of the predictive means, in the unit of the target. Regression.
  case rootMeanSquaredError
  /// The share of rows whose most probable class did not come. Classification.
  case errorRate
  /// Regression: the mean over the levels 0.05 to 0.95 of |share of targets in the central interval − level|; a count is partly in an
  /// interval, see `CalibrationCurve`.
  /// Classification: the expected calibration error of the top class.
  case calibrationError
  /// In the unit of the target. Regression.
  case continuousRankedProbabilityScore
  /// In [0, 2]. Classification.
  case brierScore
  /// The share of targets in the central 90 % interval, or of labels in the smallest set of classes that holds 90 %. Intervals of
  /// counts, as sets of classes, hold 90 % or more.
  case coverageOf90
  /// Passes over the data, at most.
  case epochs
  /// Unit: seconds.
  case fitSeconds
  /// Of 1000 rows. Unit: seconds.
  case predictionSeconds
  /// The greatest resident memory of the process that loads the data and fits. Unit: bytes.
  case peakMemory
  /// Of the model file. Unit: bytes.
  case fileSize
  /// Passes through the network for one prediction.
  case forwardPasses

  /// Whether it says how good the predictions are, and not what they cost.
  public var isQuality: Bool {
    switch self {
    case .epochs, .fitSeconds, .predictionSeconds, .peakMemory, .fileSize, .forwardPasses: false
    default: true
    }
  }

  /// What the figure divided by that of MAP is. `nil` where a ratio says nothing: figures that are not above zero, as a log
  /// likelihood may be.
  public static func ratio(_ value: Double?, to baseline: Double?) -> Double? {
    guard let value, let baseline, value > 0, baseline > 0, value.isFinite, baseline.isFinite else { return nil }
    return value / baseline
  }
}
