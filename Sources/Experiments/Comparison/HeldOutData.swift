//  HeldOutData.swift — data in two parts: rows to fit to, and rows that only scores see.

public import Approximations
public import Arrays
public import Datasets
import Evaluation
import Training

/// Training data with test rows held out of them.
public struct HeldOutData: Sendable {
  public enum Targets: Sendable {
    /// In the original unit.
    case numbers([Double])
    case classes([Int])
  }

  public let train: FitData
  /// Encoded as the training rows. Shape [N, …].
  public let inputs: DenseArray<Float>
  public let targets: Targets

  public init(train: FitData, inputs: DenseArray<Float>, targets: Targets) {
    self.train = train
    self.inputs = inputs
    self.targets = targets
  }

  /// Test rows, N.
  public var testCount: Int { inputs.shape[0] }

  /// Holds rows of a table out at random; the encoding is learnt from the others.
  ///
  /// Precondition: 0 < testFraction < 1. Throws: `DatasetError`.
  public init(
    _ table: Table, target: String, task: PredictionTask? = nil, missing: MissingCells = .error,
    likelihood: LikelihoodChoice? = nil, testFraction: Double, seed: UInt64
  ) throws(DatasetError) {
    _ = try table.column(named: target)
    let parts = table.parts(of: try Self.split(table.rowCount, testFraction, seed, name: table.name))
    train = try FitData(parts.train, target: target, task: task, missing: missing, likelihood: likelihood)
    guard case .table(let encoding) = train.encoding else { preconditionFailure("a table gives tabular encodings") }
    do {
      inputs = try encoding.inputs(of: parts.test)
      switch encoding.task {
      case .regression:
        let numbers = try encoding.originalTargets(of: parts.test)
        if likelihood == .poisson {
          try TargetEncoding.checkCounts(numbers, try table.column(named: target), parts.test)
        }
        targets = .numbers(numbers)
      case .classification: targets = .classes(try encoding.classTargets(of: parts.test))
      }
    } catch {
      // The rows were the test's by chance: another chance may be kinder.
      throw DatasetError(
        file: error.file, line: error.line, column: error.column, problem: error.problem,
        advice: "this row was held out for testing; try another --seed, or remove the row")
    }
  }

  /// Holds images out at random.
  ///
  /// Precondition: 0 < testFraction < 1. Throws: `DatasetError`.
  public init(
    _ images: LabelledImages, imagesName: String, labelsName: String, testFraction: Double, seed: UInt64
  ) throws(DatasetError) {
    let whole = try FitData(images, imagesName: imagesName, labelsName: labelsName)
    let split = try Self.split(images.count, testFraction, seed, name: imagesName)
    train = FitData(encoding: whole.encoding, examples: whole.examples.rows(at: split.train))
    inputs = whole.examples.inputs.rows(at: split.test)
    targets = .classes(split.test.map { images.labels[$0] })
  }

  private static func split(
    _ count: Int, _ testFraction: Double, _ seed: UInt64, name: String
  ) throws(DatasetError) -> Split {
    var random = Philox(seed: seed, stream: 1)
    let split = Split.random(of: count, testFraction: testFraction, using: &random)
    guard !split.test.isEmpty, !split.train.isEmpty else {
      throw DatasetError(
        file: name,
        problem: (count == 1 ? "1 row is" : "\(count) rows are")
          + " too few to hold a share of \(testFraction) of them out for testing",
        advice: "give more rows, or another share")
    }
    return split
  }

  /// Changes when a number of the data does.
  public var checksum: String {
    let truth: StoredArray =
      switch targets {
      case .numbers(let numbers): StoredArray(DenseArray(numbers))
      case .classes(let labels): StoredArray(labels)
      }
    return ModelChecksum.text(
      "held-out data",
      [
        "inputs": StoredArray(train.examples.inputs), "targets": StoredArray(train.examples.targets),
        "test inputs": StoredArray(inputs), "test targets": truth,
      ])
  }

  /// The scores of a predictive of the test rows, in the original unit.
  public func quality(of predictive: Predictive) -> [Measure: Double] {
    switch targets {
    case .numbers(let numbers):
      let scores = RegressionScores(of: predictive.mixture, against: numbers)
      return [
        .negativeLogLikelihood: scores.negativeLogLikelihood, .rootMeanSquaredError: scores.rootMeanSquaredError,
        .calibrationError: scores.calibrationError,
        .continuousRankedProbabilityScore: scores.continuousRankedProbabilityScore,
        .coverageOf90: scores.coverage["0.9"] ?? .nan,
      ]
    case .classes(let labels):
      let forecast = predictive.classes
      let scores = ClassificationScores(of: forecast, against: labels)
      return [
        .negativeLogLikelihood: scores.negativeLogLikelihood, .errorRate: 1 - scores.accuracy,
        .calibrationError: scores.expectedCalibrationError, .brierScore: scores.brierScore,
        .coverageOf90: Self.coverage(of: forecast, labels, level: 0.9),
      ]
    }
  }

  /// log p of each test row, in the original unit.
  func logDensity(of predictive: Predictive) -> HeldOutLogDensity {
    switch targets {
    case .numbers(let numbers):
      HeldOutLogDensity(pointwise: predictive.mixture.negativeLogLikelihood(numbers).map(-))
    case .classes(let labels): HeldOutLogDensity(pointwise: predictive.classes.negativeLogLikelihoods(labels).map(-))
    }
  }

  /// The share of labels in the smallest sets of most probable classes whose probability is at least `level`.
  private static func coverage(of forecast: ClassForecast, _ labels: [Int], level: Double) -> Double {
    let count = forecast.classCount
    let held = labels.enumerated().count { row, label in
      let probabilities = forecast.mean.elements[row * count..<(row + 1) * count]
      let own = probabilities[row * count + label]
      // A class belongs to the set when the more probable ones do not reach the level without it.
      return probabilities.reduce(0) { $1 > own ? $0 + $1 : $0 } < level
    }
    return Double(held) / Double(labels.count)
  }
}

/// What a fit says of rows that it has not seen.
package struct HeldOutLogDensity: PointwiseLogPredictiveDensity {
  package let pointwise: [Double]

  package init(pointwise: [Double]) { self.pointwise = pointwise }
}
