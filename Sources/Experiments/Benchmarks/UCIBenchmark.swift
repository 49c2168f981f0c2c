//  UCIBenchmark.swift — an ensemble on the standard splits of one set of the benchmark.
//
//  Notation   K  splits     sₖ  the score of split k
//
//  Equations  (1) mean            s̄ = 1/K Σ sₖ
//             (2) standard error  √(Σ (sₖ − s̄)² / (K (K − 1))), not a number for K = 1

import Approximations
public import Datasets
public import Evaluation
public import Training

/// The benchmark's run on one set.
public struct UCIBenchmark: Sendable {
  public let dataset: UCIDataset
  public let table: Table
  public let splits: SplitFile

  /// Reads the set from `folder`/name/data.csv and test_indices.csv.
  ///
  /// Throws: `DatasetError`.
  public init(_ dataset: UCIDataset, folder: String) throws(DatasetError) {
    self.dataset = dataset
    table = try Table(contentsOf: "\(folder)/\(dataset.name)/data.csv")
    splits = try SplitFile(contentsOf: "\(folder)/\(dataset.name)/test_indices.csv", rowCount: table.rowCount)
  }

  /// Fits the training rows of a split, counted from 0, and scores its test rows.
  ///
  /// Throws: `DatasetError` or `TrainingError`.
  public func scores(
    ofSplit number: Int, _ description: FitDescription, control: RunControl
  ) throws -> RegressionScores {
    let parts = table.parts(of: splits[number])
    let data = try FitData(parts.train, target: "y", task: .regression)
    let model = try description.run(on: data, control: control)
    guard case .table(let encoding) = model.encoding else { preconditionFailure("a table gives tabular encodings") }
    let forecast = model.predict(try encoding.inputs(of: parts.test), threads: control.threads)
    return RegressionScores(of: forecast.mixture, against: try encoding.originalTargets(of: parts.test))
  }
}

/// A mean over splits, with its standard error.
public struct SplitAverage: Hashable, Sendable, Codable {
  public let mean: Double
  /// Not a number for a single split.
  public let standardError: Double

  /// Precondition: at least one value.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "an average of no splits")
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count  // (1)
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = count > 1 ? (squares / (count * (count - 1))).squareRoot() : .nan  // (2)
  }
}

/// The result of the benchmark on one set.
public struct UCIResult: Sendable, Codable {
  public let dataset: String
  public let splits: Int
  public let rootMeanSquaredError: SplitAverage
  /// Unit: nats a row, in the original unit of the target.
  public let logLikelihood: SplitAverage
  public let coverageOf90: SplitAverage
  public let seconds: Double

  /// Precondition: at least one split.
  public init(_ dataset: UCIDataset, _ scores: [RegressionScores], seconds: Double) {
    self.dataset = dataset.name
    splits = scores.count
    rootMeanSquaredError = SplitAverage(scores.map(\.rootMeanSquaredError))
    logLikelihood = SplitAverage(scores.map { -$0.negativeLogLikelihood })
    coverageOf90 = SplitAverage(scores.map { $0.coverage["0.9"] ?? .nan })
    self.seconds = seconds
  }
}
