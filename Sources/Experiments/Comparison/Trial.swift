//  Trial.swift — fits one method and takes its figures. To be run in a process of its own, whose memory is then that of the fit.
//
//  Notation   T  the budget, seconds     e  epochs of a short fit, which took t seconds
//             D  epochs that it reported, of all members and of a pilot; all but the first report's, D₁, in the last s seconds
//
//  Equations  (1) seconds an epoch  b = s / (D − D₁) · D / e,  and beside the epochs  a = max(0, t − b e)
//             (2) epochs = min(epochs without a budget, max(1, ⌊(0.9 T − a) / b⌋))
//
//  The short fit has 2 epochs, and four times as many while s < T / 20 and t < T / 4: what is seen for a moment only says little
//  where other work shares the machine. The last is made twice, and the mean counts. None counts as training time. A tenth of
//  the budget is left for what they do not see. A method whose a is above T in both of them is refused.

import Approximations
import Arrays
import Datasets
import Foundation
import Synchronization
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
    measures[.epochs] = Double((model.record.pilot ?? model.record.training).epochs)
    return TrialRecord(
      method: description.method, measures: measures, hasConverged: hasConverged(model.posterior, data, control.threads)
    )
  }

  /// By some of the rows held out, which are in random order.
  private func hasConverged(_ posterior: any Posterior, _ data: HeldOutData, _ threads: Int) -> Bool? {
    let rows = data.inputs.rows(0..<min(200, data.testCount))
    if let chains = posterior as? MarkovChainsPosterior {
      return chains.convergence(at: rows, threads: threads).isConverged
    }
    let convergence = (posterior as? DrawsPosterior)?.convergence(at: rows, threads: threads)
    return convergence.map { !$0.isBeyondChance }
  }

  /// Equation (2).
  private func epochs(
    within budget: Double, _ data: HeldOutData, _ control: RunControl
  ) throws(TrainingError) -> Int {
    let most = try description.training(rows: data.train.examples.count).epochs
    var epochs = 2
    while epochs < most {
      if let first = try shortFit(epochs: epochs, most: most, data, control),
        first.reporting >= budget / 20 || first.seconds >= budget / 4,
        let second = try shortFit(epochs: epochs, most: most, data, control)
      {
        let perEpoch = 0.5 * (first.perEpoch + second.perEpoch)
        let constant = max(0, 0.5 * (first.seconds + second.seconds) - perEpoch * Double(epochs))
        // Where other work shares the machine the shorter of both says more.
        let least = min(first.beside(epochs), second.beside(epochs))
        guard least <= budget else {
          throw .unusable(
            "what the fit does beside its epochs takes \(Int(least.rounded(.up))) s, and the budget is \(budget) s; take a "
              + "cheaper variant of the method, or a larger budget")
        }
        return min(most, max(1, Int(min((0.9 * budget - constant) / max(perEpoch, 1e-9), 1e9))))  // (2)
      }
      epochs *= 4
    }
    return most
  }

  /// What a short fit took: t, s and b.
  private struct ShortFit {
    let seconds: Double
    let reporting: Double
    let perEpoch: Double

    /// What so many epochs leave of the time.
    func beside(_ epochs: Int) -> Double { seconds - perEpoch * Double(epochs) }
  }

  /// Equation (1). `nil` where so few epochs are too few for the method.
  private func shortFit(
    epochs: Int, most: Int, _ data: HeldOutData, _ control: RunControl
  ) throws(TrainingError) -> ShortFit? {
    var short = description
    short.epochs = epochs
    let start = ContinuousClock.now
    let reports = Mutex(EpochReports())
    let watched = RunControl(
      threads: control.threads, progress: { event in reports.withLock { $0.add(event) } },
      shouldStop: control.shouldStop)
    do {
      _ = try short.run(on: data.train, control: watched)
    } catch TrainingError.unusable where 4 * epochs < most {
      // What is wrong with a long fit, that fit will say.
      return nil
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    guard let (reporting, share) = reports.withLock({ $0.duration }) else {
      return ShortFit(seconds: seconds, reporting: 0, perEpoch: seconds / Double(epochs))
    }
    return ShortFit(seconds: seconds, reporting: reporting, perEpoch: reporting / share / Double(epochs))  // (1)
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

/// The epochs that a fit has reported, and when.
private struct EpochReports {
  private var times: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)?
  /// D₁ and D.
  private var (epochsOfFirst, epochs) = (0, 0)
  /// What each member had done at its last report.
  private var done: [Int: Int] = [:]

  mutating func add(_ event: TrainingEvent) {
    let before = done[event.member] ?? 0
    // A pilot's member and the method's have the same number, and the method's begins anew.
    epochs += event.epoch > before ? event.epoch - before : event.epoch
    done[event.member] = event.epoch
    if times == nil { epochsOfFirst = epochs }
    times = (times?.first ?? .now, .now)
  }

  /// s, and the share (D − D₁) / D of the reported epochs that took it. `nil` where there is but one report.
  var duration: (seconds: Double, share: Double)? {
    guard let times, epochs > epochsOfFirst else { return nil }
    return (
      times.first.duration(to: times.last) / .seconds(1), Double(epochs - epochsOfFirst) / Double(epochs)
    )
  }
}
