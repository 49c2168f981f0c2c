//  UCIResult.swift — what a method came to on one set of the benchmark.
//
//  Notation   K  splits     sₖ  the score of split k
//
//  Equations  (1) mean            s̄ = 1/K Σ sₖ
//             (2) standard error  √(Σ (sₖ − s̄)² / (K (K − 1))), not a number for K = 1

import Evaluation

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

/// The result of the benchmark for one method on one set.
public struct UCIResult: Sendable, Codable {
  public let dataset: String
  public let method: MethodDescription
  public let splits: Int
  public let rootMeanSquaredError: SplitAverage
  /// Unit: nats a row, in the original unit of the target.
  public let logLikelihood: SplitAverage
  public let coverageOf90: SplitAverage
  /// How often each choice of epochs, learning rate and prior was made, the most frequent first.
  public let choices: [Choice]
  /// For choosing, fitting and scoring, added up over the splits, each on one thread.
  public let seconds: Double

  /// Settings that the training rows of some splits chose.
  public struct Choice: Hashable, Sendable, Codable {
    public let epochs: Int?
    public let learningRate: Double?
    public let priorScale: Double
    public let splits: Int
  }

  /// Precondition: at least one split.
  public init(_ dataset: UCIDataset, _ results: [UCIBenchmark.SplitResult], method: MethodDescription) {
    self.dataset = dataset.name
    self.method = method
    splits = results.count
    rootMeanSquaredError = SplitAverage(results.map(\.scores.rootMeanSquaredError))
    logLikelihood = SplitAverage(results.map { -$0.scores.negativeLogLikelihood })
    coverageOf90 = SplitAverage(results.map { $0.scores.coverage["0.9"] ?? .nan })
    let groups = Dictionary(grouping: results.map(\.description)) {
      Choice(epochs: $0.epochs, learningRate: $0.learningRate, priorScale: $0.priorScale, splits: 0)
    }
    choices = groups.map { key, same in
      Choice(epochs: key.epochs, learningRate: key.learningRate, priorScale: key.priorScale, splits: same.count)
    }.sorted { ($1.splits, $0.priorScale, $0.epochs ?? 0) < ($0.splits, $1.priorScale, $1.epochs ?? 0) }
    seconds = results.reduce(0) { $0 + $1.seconds }
  }
}
