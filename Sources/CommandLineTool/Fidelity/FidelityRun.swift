//  FidelityRun.swift — fits the reference, or reads it, and then one method after the other.

import Credence
import Foundation

struct FidelityRun {
  let study: FidelityStudy
  let threads: Int
  let reporter: ProgressReporter

  /// Throws: `DatasetError`, `TrainingError`, or `Interruption` when a signal came.
  func report(
    reference description: FitDescription, at path: String, methods: [MethodDescription], namesReference: Bool,
    data: String
  ) throws -> FidelityReport {
    let reference = try reference(description, at: path)
    let model = reference.model
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
        let (fitted, seconds) = try timed(
          method.name, .of(method), "the reference is kept; the methods begin anew when it is run again."
        ) { try settings.run(on: study.data.train, control: $0) }
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
        path: path, options: model.record.settings.method.options, seconds: reference.seconds,
        wentOn: reference.wentOn, gradients: chains.gradientCount,
        draws: chains.draws.drawCount, divergences: chains.divergences, saturatedTrees: chains.saturatedTrees,
        leastEnergyFraction: chains.leastEnergyFraction,
        inside: inside, outside: outside, isConverged: inside.isConverged && outside.isConverged,
        deviationInside: DeviationConvergence(of: truth.inside, chainCount: chains.chainCount),
        deviationOutside: DeviationConvergence(of: truth.outside, chainCount: chains.chainCount),
        halves: study.noise(of: model, threads: threads)),
      namesReference: namesReference, results: results)
  }

  /// A reference, and how it came to be there.
  private struct Reference {
    let model: FittedModel
    /// `nil` for a model that was there.
    let seconds: Double?
    /// Whether its chains went on from those of an earlier run.
    let wentOn: Bool
  }

  /// The model of the file where it is that of this study; with more draws where more are asked for. Otherwise a new one.
  private func reference(_ description: FitDescription, at path: String) throws -> Reference {
    let folder = CheckpointFolder(
      path: path + ".chains", resumes: true, interval: try FitRun.checkpointSeconds(), keepsFinished: true)
    let wentOn = folder.holdsMembers
    if FileManager.default.fileExists(atPath: path) {
      let model = try FittedModel(contentsOf: path)
      switch study.standing(of: model, as: description) {
      case .otherMethod(let name):
        throw DatasetError(
          file: path, problem: "this is a fit of \(name), and the reference is one of \(description.method.name)",
          advice: "name another file with --reference")
      case .otherSettings(let differences):
        throw DatasetError(
          file: path, problem: "this is the reference of other settings: \(Self.listed(differences))",
          advice: "repeat \(Self.options(differences)), name another file with --reference, or delete it")
      case .otherData:
        throw DatasetError(
          file: path,
          problem: "this is the reference of other rows or columns, or has another likelihood or epochs of its own",
          advice: "give the same data and --test-fraction, name another file with --reference, or delete it"
        )
      case .whole:
        reporter.say("The reference is read from \(path).")
        return Reference(model: model, seconds: nil, wentOn: false)
      case .shorter:
        reporter.say(
          wentOn
            ? "The chains of \(path) go on to more draws."
            : "The chains of \(path) are no longer in \(folder.path): the reference begins anew.")
      }
    } else if wentOn {
      reporter.say("The reference goes on from the chains in \(folder.path).")
    }
    let (model, seconds): (FittedModel, Double)
    do {
      (model, seconds) = try timed(
        "reference", .chains, checkpoint: folder, "run the same command again to go on."
      ) { try description.run(on: study.data.train, control: $0) }
    } catch TrainingError.foreignCheckpoint {
      throw DatasetError(
        file: folder.path, problem: "these are chains of other data or settings",
        advice: "repeat their settings, name another file with --reference, or delete this folder")
    }
    try model.write(to: path)
    reporter.say(
      "The reference took \(NumberFormat.duration(seconds: seconds))\(wentOn ? " more" : "") and is in \(path); its chains "
        + "are kept in \(folder.path), for more draws.")
    return Reference(model: model, seconds: seconds, wentOn: wentOn)
  }

  /// "nuts.warm-up is 300 and not 1000, and seed is 1 and not 0".
  private static func listed(_ differences: [ReferenceDifference]) -> String {
    differences.map { "\($0.name) is \($0.found) and not \($0.wanted)" }.joined(separator: ", ")
  }

  /// "--option nuts.warm-up=300 --seed 1".
  private static func options(_ differences: [ReferenceDifference]) -> String {
    differences.map { $0.name.contains(".") ? "--option \($0.name)=\($0.found)" : "--\($0.name) \($0.found)" }
      .joined(separator: " ")
  }

  /// - Parameter advice: What to do after an interruption.
  private func timed(
    _ title: String, _ words: FitProgress.Words, checkpoint: CheckpointFolder? = nil, _ advice: String,
    _ fit: (RunControl) throws -> FittedModel
  ) throws -> (FittedModel, seconds: Double) {
    let progress = FitProgress(reporter, title: title, words: words)
    let control = RunControl(
      threads: threads, checkpoint: checkpoint, progress: { progress.update($0) },
      shouldStop: { Interruption.received != nil }, shouldStopAtOnce: { Interruption.received != nil })
    let start = reporter.elapsed
    defer { reporter.clear() }
    do {
      return (try fit(control), reporter.elapsed - start)
    } catch TrainingError.interrupted(let steps, _) {
      throw Interruption(
        signal: Interruption.received ?? SIGINT,
        sentence: "\(title) stopped after \(NumberFormat.count(steps, words.step)) of all \(words.member)s; \(advice)")
    }
  }
}
