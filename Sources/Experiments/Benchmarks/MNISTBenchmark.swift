//  MNISTBenchmark.swift — MAP and an ensemble of fully connected networks, 784-800-400-10, on handwritten digits.

import Approximations
import Arrays
public import Datasets
import Evaluation
public import Training

/// The digits, and how each method does on them.
public struct MNISTBenchmark: Sendable {
  public let train: FitData
  public let test: LabelledImages
  private let testName: String

  /// Reads the four files of `folder`.
  ///
  /// Throws: `DatasetError`.
  public init(folder: String) throws(DatasetError) {
    let names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
    let files = names.map { "\(folder)/\($0)-ubyte.gz" }
    train = try FitData(
      try LabelledImages(idxImages: files[0], labels: files[1]), imagesName: files[0], labelsName: files[1])
    test = try LabelledImages(idxImages: files[2], labels: files[3])
    testName = files[2]
  }

  /// Fits, and scores the test images.
  ///
  /// Throws: `DatasetError` or `TrainingError`.
  public func result(of description: FitDescription, control: RunControl) throws -> MNISTResult {
    let clock = ContinuousClock()
    var fitted: FittedModel?
    let fitting = try clock.measure { fitted = try description.run(on: train, control: control) }
    guard let model = fitted, case .images(let encoding) = model.encoding else {
      preconditionFailure("images give image encodings")
    }
    let inputs = try encoding.inputs(of: test, name: testName)
    var predictive: Predictive?
    let predicting = clock.measure { predictive = model.predict(inputs, threads: control.threads) }
    guard let forecast = predictive?.classes else { preconditionFailure("a prediction was made") }
    let scores = ClassificationScores(of: forecast, against: test.labels)
    return MNISTResult(
      method: description.method.summary, testError: 1 - scores.accuracy,
      negativeLogLikelihood: scores.negativeLogLikelihood,
      expectedCalibrationError: scores.expectedCalibrationError, fitSeconds: fitting / .seconds(1),
      predictSeconds: predicting / .seconds(1))
  }
}

/// A row of the benchmark's table.
public struct MNISTResult: Sendable, Codable {
  public let method: String
  public let testError: Double
  /// Unit: nats an image.
  public let negativeLogLikelihood: Double
  public let expectedCalibrationError: Double
  public let fitSeconds: Double
  public let predictSeconds: Double
}
