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
  private func checkpoint() throws -> CheckpointFolder {
    let path = out + ".checkpoint"
    guard let text = ProcessInfo.processInfo.environment[Self.checkpointVariable] else {
      return CheckpointFolder(path: path, resumes: resumes)
    }
    guard let seconds = Double(text), seconds >= 0, seconds.isFinite else {
      throw ValidationError(
        "\(Self.checkpointVariable) in the environment is a number of seconds from 0, not '\(text)'.")
    }
    return CheckpointFolder(path: path, resumes: resumes, interval: seconds)
  }

  /// Throws: `DatasetError`, `TrainingError`, or `Interruption` when a signal came.
  func callAsFunction(on data: FitData, name: String) throws {
    let folder = try checkpoint()
    if resumes && !folder.holdsMembers {
      reporter.say("There is nothing to resume in \(folder.path); the fit begins anew.")
    }
    reporter.say(try introduction(data, name))
    if case .table(let encoding) = data.encoding, !encoding.constantColumns.isEmpty {
      let names = encoding.constantColumns.prefix(5).map { "'\(ArraySummary.printable($0))'" }.joined(separator: ", ")
      let more = encoding.constantColumns.count - 5
      reporter.say("Left out, being the same in every row: \(names)" + (more > 0 ? " and \(more) more" : ""))
    }
    let progress = FitProgress(reporter)
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
        sentence: "stopped after \(progress.epochsDone); run the same command with --resume to go on.")
    } catch {
      reporter.clear()
      throw error
    }
    progress.finish()
    try model.write(to: out)
    folder.remove()
    reporter.say("Fitted in \(NumberFormat.duration(seconds: reporter.elapsed)); the model is in \(out).")
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
    return """
      \(name): \(NumberFormat.count(data.examples.count, "row")), \(task)
      Network \(network), \(model.parameterCount) parameters; \
      \(description.method.summary); \(NumberFormat.count(training.epochs, "epoch")) in batches of \(training.batchSize)
      """
  }
}
