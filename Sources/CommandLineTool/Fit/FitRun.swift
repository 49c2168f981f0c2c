//  FitRun.swift — runs a fit with progress and checkpoints, and writes its model.

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

  private var checkpoint: CheckpointFolder {
    let seconds = ProcessInfo.processInfo.environment[Self.checkpointVariable].flatMap(Double.init)
    let path = out + ".checkpoint"
    guard let seconds, seconds >= 0 else { return CheckpointFolder(path: path, resumes: resumes) }
    return CheckpointFolder(path: path, resumes: resumes, interval: seconds)
  }

  /// Throws: `DatasetError`, `TrainingError`, or `Interruption` when a signal came.
  func callAsFunction(on data: FitData, name: String) throws {
    let folder = checkpoint
    reporter.say(try introduction(data, name))
    let progress = FitProgress(reporter)
    let control = RunControl(
      threads: threads, checkpoint: folder, progress: { progress.update($0) },
      shouldStop: { Interruption.received != nil })
    let model: FittedModel
    do {
      model = try description.run(on: data, control: control)
    } catch TrainingError.interrupted(let epochs, _) {
      reporter.clear()
      throw Interruption(
        signal: Interruption.received ?? SIGINT,
        sentence: "stopped after \(epochs) epochs; run the same command with --resume to go on.")
    } catch {
      reporter.clear()
      throw error
    }
    progress.finish()
    try model.write(to: out)
    folder.remove()
    reporter.say("Fitted in \(Figures.duration(seconds: reporter.elapsed)); the model is in \(out).")
  }

  private func introduction(_ data: FitData, _ name: String) throws -> String {
    let model = try description.model(for: data.encoding)
    let training = try description.training(rows: data.examples.count)
    let task =
      switch data.encoding {
      case .table(let encoding):
        encoding.task.rawValue + " of \(encoding.targetName) from \(Figures.count(encoding.features.count, "column"))"
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
      \(name): \(Figures.count(data.examples.count, "row")), \(task)
      Network \(network), \(model.parameterCount) parameters; \
      \(description.method.summary); \(Figures.count(training.epochs, "epoch")) in batches of \(training.batchSize)
      """
  }
}
