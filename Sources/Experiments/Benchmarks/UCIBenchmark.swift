//  UCIBenchmark.swift — a method on the standard splits of one set of the benchmark.
//
//  Settings are chosen anew for each split, by validation rows held out of its own training rows: see `HyperparameterSearch`.
//  No test row of a split has a say in the settings that are used on it. Splits run side by side, each on one thread.

import Approximations
import Arrays
public import Datasets
public import Evaluation
import Foundation
import Synchronization
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

  /// What one split came to.
  public struct SplitResult: Sendable, Codable {
    /// The settings that were used, chosen by the split's training rows.
    public let description: FitDescription
    public let scores: RegressionScores
    /// For choosing, fitting and scoring on one thread.
    public let seconds: Double
  }

  /// Chooses settings by the training rows of a split, counted from 0, fits to all of these rows, and scores the test rows.
  ///
  /// - Parameter search: `nil` leaves the settings of the description as they are.
  /// - Throws: `DatasetError` or `TrainingError`.
  public func result(
    ofSplit number: Int, _ description: FitDescription, search: HyperparameterSearch?, control: RunControl
  ) throws -> SplitResult {
    let start = ContinuousClock.now
    let parts = table.parts(of: splits[number])
    var chosen = description
    if let search {
      let held = try HeldOutData(
        parts.train, target: "y", task: .regression, testFraction: search.validationFraction, seed: description.seed)
      chosen = try search.best(from: description, on: held, control: control)
    }
    let data = try FitData(parts.train, target: "y", task: .regression)
    let model = try chosen.run(on: data, control: control)
    guard case .table(let encoding) = model.encoding else { preconditionFailure("a table gives tabular encodings") }
    let forecast = model.predict(try encoding.inputs(of: parts.test), threads: control.threads)
    return SplitResult(
      description: chosen,
      scores: RegressionScores(of: forecast.mixture, against: try encoding.originalTargets(of: parts.test)),
      seconds: start.duration(to: .now) / .seconds(1))
  }

  /// The first splits, side by side. The seed of a split is that of the description plus its number.
  ///
  /// - Parameters:
  ///   - known: Results of splits that are not worked out again, by the splits' numbers.
  ///   - done: Called after each split that is worked out, by one thread at a time, with its number and result. What it throws
  ///     ends the run.
  /// - Returns: In the order of the splits.
  /// - Throws: `DatasetError`, `TrainingError`, or what `done` throws.
  public func results(
    splits count: Int, _ description: FitDescription, search: HyperparameterSearch?, known: [Int: SplitResult] = [:],
    threads: Int, shouldStop: @escaping @Sendable () -> Bool,
    done: @escaping @Sendable (Int, SplitResult) throws -> Void
  ) throws -> [SplitResult] {
    let finished = Mutex<[Int: Result<SplitResult, any Error>]>(known.mapValues { .success($0) })
    let missing = (0..<count).filter { known[$0] == nil }
    let next = Mutex(missing[...])
    DispatchQueue.concurrentPerform(iterations: min(threads, missing.count)) { _ in
      while !shouldStop(), let number = next.withLock({ $0.popFirst() }) {
        var own = description
        own.seed = description.seed &+ UInt64(number)
        let control = RunControl(threads: 1, shouldStop: shouldStop)
        let result = Result { try self.result(ofSplit: number, own, search: search, control: control) }
        finished.withLock { finished in
          finished[number] = Result {
            let result = try result.get()
            try done(number, result)
            return result
          }
        }
      }
    }
    if shouldStop() { throw TrainingError.interrupted(epochs: 0, canResume: false) }
    return try finished.withLock { finished in try (0..<count).compactMap { try finished[$0]?.get() } }
  }
}
