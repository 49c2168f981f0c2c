//  FitRun.swift — runs a fit with progress and checkpoints, and writes its model.

import ArgumentParser
import Credence
import Foundation

struct FitRun {
  let description: FitDescription
  let out: String
  let resumes: Bool
  let threads: Int
  let reporter: ProgressReporter

  /// The least time between two checkpoints of one member, in seconds, may be set by this variable of the environment.
  static let checkpointVariable = "CREDENCE_CHECKPOINT_SECONDS"

  /// Throws: `ValidationError` when the environment asks for what is no time.
  static func checkpointSeconds() throws -> Double {
    guard let text = ProcessInfo.processInfo.environment[checkpointVariable] else { return 10 }
    guard let seconds = Double(text), seconds >= 0, seconds.isFinite else {
      throw ValidationError("\(checkpointVariable) in the environment is a number of seconds from 0, not '\(text)'.")
    }
    return seconds
  }

  /// Throws: `DatasetError`, `TrainingError`, or `Interruption` when a signal came.
  func callAsFunction(on data: FitData, name: String) throws {
    let folder = CheckpointFolder(
      path: out + ".checkpoint", resumes: resumes, interval: try Self.checkpointSeconds())
    if resumes && !folder.holdsMembers {
      reporter.say("There is nothing to resume in \(folder.path); the fit begins anew.")
    }
    reporter.say(try introduction(data, name))
    if case .table(let encoding) = data.encoding, !encoding.constantColumns.isEmpty {
      let names = encoding.constantColumns.prefix(5).map { "'\(ArraySummary.printable($0))'" }.joined(separator: ", ")
      let more = encoding.constantColumns.count - 5
      reporter.say("Left out, being the same in every row: \(names)" + (more > 0 ? " and \(more) more" : ""))
    }
    let progress = FitProgress(reporter, words: .of(description.method))
    let control = RunControl(
      threads: threads, checkpoint: folder, progress: { progress.update($0) },
      shouldStop: { Interruption.received != nil }, shouldStopAtOnce: { Interruption.received != nil })
    let model: FittedModel
    do {
      model = try description.run(on: data, control: control)
    } catch TrainingError.interrupted {
      reporter.clear()
      throw Interruption(
        signal: Interruption.received ?? SIGINT,
        sentence: "stopped after \(progress.stepsDone); run the same command with --resume to go on.")
    } catch {
      reporter.clear()
      throw error
    }
    progress.finish()
    try model.write(to: out)
    folder.remove()
    let seconds = reporter.elapsed
    if let chains = model.posterior as? MarkovChainsPosterior {
      reporter.say(ChainNote(chains, rows: data.examples.inputs, threads: threads).text)
    }
    if let draws = model.posterior as? DrawsPosterior,
      let warning = MinibatchChainNote(draws, rows: data.examples.inputs, threads: threads)?.warning
    {
      reporter.say(warning)
    }
    if let note = WidthNote(model.posterior) { reporter.say("Width of the posterior: \(note.text).") }
    reporter.say("Fitted in \(NumberFormat.duration(seconds: seconds)); the model is in \(out).")
  }

  private func introduction(_ data: FitData, _ name: String) throws -> String {
    let model = try description.model(for: data, file: name)
    let training = try description.training(rows: data.examples.count)
    let task =
      switch data.encoding {
      case .table(let encoding):
        encoding.task.rawValue
          + " of \(encoding.targetName) from \(NumberFormat.count(encoding.features.count, "column"))"
      case .images(let encoding): "classification of images into \(encoding.classCount) classes"
      }
    let network =
      switch description.network {
      case .dense(let units):
        ([model.network.inputShape.count] + units + [model.network.outputShape.count]).map(String.init)
          .joined(separator: "-")
      case .leNet5, .resNet20: "\(description.network)"
      }
    let work =
      FitProgress.Words.of(description.method).step == "transition"
      ? "\(NumberFormat.count(training.epochs, "transition")) of each chain"
      : "\(NumberFormat.count(training.epochs, "epoch")) in batches of \(training.batchSize)"
    return """
      \(name): \(NumberFormat.count(data.examples.count, "row")), \(task)
      Network \(network), \(model.parameterCount) parameters; \
      \(description.method.summary); \(work)
      """
  }
}
