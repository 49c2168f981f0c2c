//  MNISTBenchmark.swift — methods on fully connected networks, 784-800-400-10, and handwritten digits.
//
//  Settings are chosen by 10 000 validation images held out of the 60 000 training images: see `HyperparameterSearch`. The final
//  fit has all 60 000. Test images are only scored.
//
//  Foreign images: those of Fashion-MNIST's test set. AUROC is the probability that a garment has a higher predictive entropy
//  than a digit.

import Approximations
import Arrays
public import Datasets
import Evaluation
public import Training

/// The digits, and how each method does on them.
public struct MNISTBenchmark: Sendable {
  public let train: FitData
  private let testInputs: DenseArray<Float>
  private let testLabels: [Int]
  private let foreignInputs: DenseArray<Float>?
  private let validated: HeldOutData

  /// Reads the four files of `folder`, and the test images of Fashion-MNIST from `foreignFolder` where it is given.
  ///
  /// Throws: `DatasetError`.
  public init(folder: String, foreignFolder: String?, seed: UInt64) throws(DatasetError) {
    let names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
    let files = names.map { "\(folder)/\($0)-ubyte.gz" }
    let images = try LabelledImages(idxImages: files[0], labels: files[1])
    train = try FitData(images, imagesName: files[0], labelsName: files[1])
    validated = try HeldOutData(
      images, imagesName: files[0], labelsName: files[1], testFraction: 1.0 / 6, seed: seed)
    guard case .images(let encoding) = train.encoding else { preconditionFailure("images give image encodings") }
    let test = try LabelledImages(idxImages: files[2], labels: files[3])
    try encoding.check(test, labelsName: files[3])
    testInputs = try encoding.inputs(of: test, name: files[2])
    testLabels = test.labels
    if let foreignFolder {
      let (path, labels) = (foreignFolder + "/" + names[2] + "-ubyte.gz", foreignFolder + "/" + names[3] + "-ubyte.gz")
      foreignInputs = try encoding.inputs(of: try LabelledImages(idxImages: path, labels: labels), name: path)
    } else {
      foreignInputs = nil
    }
  }

  /// The settings that the validation images choose.
  ///
  /// Throws: `TrainingError`.
  public func choice(
    from description: FitDescription, search: HyperparameterSearch, control: RunControl
  ) throws(TrainingError) -> FitDescription {
    try search.best(from: description, on: validated, control: control)
  }

  /// Fits all training images, and scores the test images.
  ///
  /// Throws: `TrainingError`.
  public func result(of description: FitDescription, control: RunControl) throws(TrainingError) -> MNISTResult {
    let clock = ContinuousClock()
    var start = clock.now
    let model = try description.run(on: train, control: control)
    let fitSeconds = start.duration(to: clock.now) / .seconds(1)
    start = clock.now
    let forecast = model.predict(testInputs, threads: control.threads).classes
    let predictSeconds = start.duration(to: clock.now) / .seconds(1)
    let scores = ClassificationScores(of: forecast, against: testLabels)
    let detection = foreignInputs.map { inputs in
      DetectionCurve(
        inDistribution: forecast.predictiveEntropy,
        outOfDistribution: model.predict(inputs, threads: control.threads).classes.predictiveEntropy)
    }
    return MNISTResult(
      settings: description, testError: 1 - scores.accuracy, negativeLogLikelihood: scores.negativeLogLikelihood,
      expectedCalibrationError: scores.expectedCalibrationError,
      foreignDetection: detection?.areaUnderReceiverOperatingCharacteristic, fitSeconds: fitSeconds,
      predictSeconds: predictSeconds)
  }
}

/// A row of the benchmark's table.
public struct MNISTResult: Sendable, Codable {
  /// What was fitted, with the settings that were chosen.
  public let settings: FitDescription
  public let testError: Double
  /// Unit: nats an image.
  public let negativeLogLikelihood: Double
  public let expectedCalibrationError: Double
  /// The area under the curve that tells digits from garments by their predictive entropy.
  public let foreignDetection: Double?
  public let fitSeconds: Double
  public let predictSeconds: Double
}
