//  FidelityRun.swift — fits the reference, or reads it, and then one method after the other.

import Credence
import Foundation

struct FidelityRun {
  let study: FidelityStudy
  let threads: Int
  let reporter: ProgressReporter

  /// Throws: `DatasetError`, `TrainingError`, or `Interruption` when a signal came.
  func report(
    reference description: FitDescription, at path: String, methods: [MethodDescription], data: String
  ) throws -> FidelityReport {
    let (model, seconds) = try reference(description, at: path)
    guard let chains = model.posterior as? MarkovChainsPosterior else {
      preconditionFailure("a reference holds chains")
    }
    let (inside, outside) = study.convergence(of: chains, threads: threads)
    let truth = study.predictions(of: model, threads: threads)
    var results: [FidelityReport.Result] = []
    for method in methods {
      var settings = study.settings
      settings.method = method
      do {
        let (fitted, seconds) = try timed(method.name) { try settings.run(on: study.data.train, control: $0) }
        let scores = FidelityScores(
          of: study.predictions(of: fitted, threads: threads), against: truth, targets: study.data.targets)
        results.append(.init(method: method.name, options: method.options, scores: scores, seconds: seconds))
        reporter.say("\(method.name): done in \(NumberFormat.duration(seconds: seconds))")
      } catch let error as TrainingError {
        results.append(.init(method: method.name, options: method.options, failure: error.description))
        reporter.say("\(method.name): \(error)")
      }
    }
    return FidelityReport(
      data: data, rows: study.data.train.examples.count, testRows: study.data.testCount, seed: study.settings.seed,
      reference: .init(
        path: path, options: description.method.options, seconds: seconds, gradients: chains.gradientCount,
        draws: chains.draws.drawCount, divergences: chains.divergences, saturatedTrees: chains.saturatedTrees,
        inside: inside, outside: outside, isConverged: inside.isConverged && outside.isConverged,
        halves: study.noise(of: model, threads: threads)),
      results: results)
  }

  /// The model of the file where it is that of this study; otherwise a new one. Seconds are `nil` for a model that was there.
  private func reference(_ description: FitDescription, at path: String) throws -> (FittedModel, seconds: Double?) {
    if FileManager.default.fileExists(atPath: path) {
      let model = try FittedModel(contentsOf: path)
      guard study.isReference(model, of: description) else {
        throw DatasetError(
          file: path, problem: "this is the reference of other data or settings",
          advice: "repeat its settings, name another file with --reference, or delete it")
      }
      reporter.say("The reference is read from \(path).")
      return (model, nil)
    }
    let (model, seconds) = try timed("reference") { try description.run(on: study.data.train, control: $0) }
    try model.write(to: path)
    reporter.say("The reference took \(NumberFormat.duration(seconds: seconds)) and is in \(path).")
    return (model, seconds)
  }

  private func timed(
    _ title: String, _ fit: (RunControl) throws -> FittedModel
  ) throws -> (FittedModel, seconds: Double) {
    let progress = FitProgress(reporter, title: title)
    let control = RunControl(
      threads: threads, progress: { progress.update($0) }, shouldStop: { Interruption.received != nil },
      shouldStopAtOnce: { Interruption.received != nil })
    let start = reporter.elapsed
    defer { reporter.clear() }
    do {
      return (try fit(control), reporter.elapsed - start)
    } catch TrainingError.interrupted {
      throw Interruption(
        signal: Interruption.received ?? SIGINT,
        sentence: "stopped; a reference that was finished is kept, and the rest begins anew when run again.")
    }
  }
}
