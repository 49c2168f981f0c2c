//  MNISTCommand.swift — credence benchmark mnist: one network and an ensemble on handwritten digits.

import ArgumentParser
import Credence

struct MNISTCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mnist", abstract: "MAP and an ensemble of 784-800-400-10 networks on the MNIST digits.",
    discussion: """
      EXAMPLE
        credence benchmark mnist --members 5 --epochs 20
      """)

  @Option(help: ArgumentHelp("The folder of the four files.", valueName: "folder"))
  var data: String?

  @Option(help: ArgumentHelp("Networks of the ensemble.", valueName: "n"))
  var members = Defaults.members

  @Option(help: ArgumentHelp("Passes over the data.", valueName: "n"))
  var epochs = 20

  @Option(help: ArgumentHelp("Rows of a minibatch.", valueName: "n"))
  var batchSize = 128

  @Option(help: ArgumentHelp("The learning rate of the first step.", valueName: "x"))
  var learningRate = 1e-3

  @Option(help: ArgumentHelp("The standard deviation of the prior of each parameter.", valueName: "x"))
  var priorScale = 0.3

  @Option(help: ArgumentHelp("The seed.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: "The form of the table.")
  var format: TableFormat = .text

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if members < 1 { throw ValidationError("--members is a number from 1.") }
    if epochs < 1 { throw ValidationError("--epochs is a number from 1.") }
    if batchSize < 1 { throw ValidationError("--batch-size is a number from 1.") }
    if !(learningRate > 0) { throw ValidationError("--learning-rate is a number above 0.") }
    if !(priorScale > 0) { throw ValidationError("--prior-scale is a number above 0.") }
  }

  func run() throws {
    Interruption.listen()
    let benchmark = try MNISTBenchmark(folder: data ?? BenchmarkCommand.folder("mnist"))
    let reporter = ProgressReporter(isQuiet: quiet.quiet)
    var results: [MNISTResult] = []
    for method in [MethodDescription.maximumAPosteriori, .ensemble(members: members)] {
      let progress = FitProgress(reporter, title: method.summary)
      let control = RunControl(
        threads: threads.count, progress: { progress.update($0) }, shouldStop: { Interruption.received != nil })
      let description = FitDescription(
        method: method, network: .dense([800, 400]), priorScale: priorScale, epochs: epochs, batchSize: batchSize,
        learningRate: learningRate, stopsEarly: false, seed: seed)
      do {
        results.append(try benchmark.result(of: description, control: control))
      } catch TrainingError.interrupted {
        reporter.clear()
        throw Interruption(
          signal: Interruption.received ?? 2, sentence: "stopped; a benchmark begins anew when run again.")
      }
      progress.finish()
    }
    try StandardOutput.write(try text(results))
  }

  private func text(_ results: [MNISTResult]) throws -> String {
    if format == .json { return try JSONText.object(["results": results]) }
    var table = TextTable(columns: [
      TextTable.Column("method", .left), TextTable.Column("test error"), TextTable.Column("NLL"),
      TextTable.Column("ECE"), TextTable.Column("fit"), TextTable.Column("10 000 predictions"),
    ])
    for result in results {
      table.append([
        result.method, Figures.number(100 * result.testError, digits: 3) + " %",
        Figures.number(result.negativeLogLikelihood),
        Figures.number(100 * result.expectedCalibrationError, digits: 3) + " %",
        Figures.duration(seconds: result.fitSeconds), Figures.duration(seconds: result.predictSeconds),
      ])
    }
    return format == .markdown ? table.markdown : table.text
  }
}
