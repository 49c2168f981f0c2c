//  Trial.swift — fits one method and takes its figures. To be run in a process of its own, whose memory is then that of the fit.
//
//  Notation   t(e)  seconds of a fit of e epochs ≈ a + b e     T  the budget, seconds
//
//  Equations  (1) b = (t(2e) − t(e)) / e,  a = max(0, 2 t(e) − t(2e)),  from two short fits, e doubled until t(2e) ≥ T / 20
//             (2) epochs = min(epochs without a budget, max(1, ⌊(0.9 T − a) / b⌋))
//
//  A tenth of the budget is left for what (1) does not see. The short fits do not count as training time.

import Approximations
import Arrays
import Datasets
import Foundation
public import Training

/// One method in a comparison.
public struct Trial: Sendable {
  public let description: FitDescription
  /// T; `nil` for no limit. Unit: seconds.
  public let budget: Double?

  public init(_ description: FitDescription, budget: Double? = nil) {
    self.description = description
    self.budget = budget
  }

  /// Fits and scores. The model is written to a file of its own in the system's temporary folder, for its size, and removed.
  ///
  /// Throws: `TrainingError`, or `DatasetError` when the file cannot be written.
  public func run(on data: HeldOutData, control: RunControl) throws -> TrialRecord {
    var description = self.description
    if let budget { description.epochs = try epochs(within: budget, data, control) }
    let clock = ContinuousClock()
    let start = clock.now
    let model = try description.run(on: data.train, control: control)
    let seconds = start.duration(to: clock.now) / .seconds(1)
    let memory = ProcessMemory.greatest
    var measures = data.quality(of: model.predict(data.inputs, threads: control.threads))
    measures[.fitSeconds] = seconds
    measures[.peakMemory] = memory
    measures[.predictionSeconds] = predictionSeconds(model, data, threads: control.threads)
    measures[.fileSize] = try fileSize(model)
    measures[.forwardPasses] = Double(model.posterior.forwardPasses)
    return TrialRecord(method: description.method, epochs: model.record.training.epochs, measures: measures)
  }

  /// Equation (2).
  private func epochs(
    within budget: Double, _ data: HeldOutData, _ control: RunControl
  ) throws(TrainingError) -> Int {
    let most = try description.training(rows: data.train.examples.count).epochs
    let silent = RunControl(threads: control.threads, shouldStop: control.shouldStop)
    func seconds(_ epochs: Int) throws(TrainingError) -> Double {
      var short = description
      short.epochs = epochs
      let start = ContinuousClock.now
      _ = try short.run(on: data.train, control: silent)
      return start.duration(to: .now) / .seconds(1)
    }
    var epochs = 1
    var first = try seconds(epochs)
    while 2 * epochs < most {
      let second = try seconds(2 * epochs)
      if second >= budget / 20 {
        let slope = max((second - first) / Double(epochs), 1e-9)  // (1)
        let constant = max(0, 2 * first - second)
        return min(most, max(1, Int(min(((0.9 * budget - constant) / slope).rounded(.down), 1e9))))  // (2)
      }
      (epochs, first) = (2 * epochs, second)
    }
    return most
  }

  /// Of 1000 rows: the test rows, repeated. The median of several runs.
  private func predictionSeconds(_ model: FittedModel, _ data: HeldOutData, threads: Int) -> Double {
    let inputs = data.inputs.rows(at: (0..<1000).map { $0 % data.testCount })
    var seconds: [Double] = []
    var total = 0.0
    while seconds.count < 3 && total < 10 || seconds.count < 25 && total < 0.5 {
      let start = ContinuousClock.now
      _ = model.predict(inputs, threads: threads)
      seconds.append(start.duration(to: .now) / .seconds(1))
      total += seconds[seconds.count - 1]
    }
    return seconds.sorted()[seconds.count / 2]
  }

  private func fileSize(_ model: FittedModel) throws -> Double {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).credence").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
    return size?.doubleValue ?? .nan
  }
}
