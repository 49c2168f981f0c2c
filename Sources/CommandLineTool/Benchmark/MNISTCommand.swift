//  MNISTCommand.swift — credence benchmark mnist: methods on handwritten digits.

import ArgumentParser
import Credence
import Foundation

struct MNISTCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mnist", abstract: "Methods on the MNIST digits: networks 784-800-400-10, all 60 000 images.",
    discussion: """
      With --search, learning rate and the scale of the prior are chosen for each method by 10 000 validation images held out \
      of the 60 000, in fits of a quarter of the epochs; the final fit has all 60 000. Test images are only scored. AUROC is the \
      probability that a garment of Fashion-MNIST has a higher predictive entropy than a digit. Epochs are 20 and batches of 128 \
      rows unless options say otherwise. With --results a run that was stopped goes on from the rows that it had finished.

      EXAMPLE
        credence benchmark mnist --methods map,ensemble --epochs 20
        credence benchmark mnist --methods all --search --results mnist.jsonl --format markdown
      """)

  @Option(help: ArgumentHelp("'all', or methods separated by commas; see 'credence methods'.", valueName: "names"))
  var methods = "map,ensemble"

  @Option(help: ArgumentHelp("An option of one method; may be repeated.", valueName: "method.key=value"))
  var option: [MethodOptionArgument] = []

  @Option(help: ArgumentHelp("The folder of the four files.", valueName: "folder"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The folder of Fashion-MNIST; by default that beside the digits, if it is there.", valueName: "folder"))
  var foreign: String?

  @OptionGroup var training: TrainingOptions

  @Option(help: ArgumentHelp("The standard deviation of the prior of each parameter.", valueName: "x"))
  var priorScale = 0.3

  @Flag(help: "Choose learning rate and prior by validation images.")
  var search = false

  @OptionGroup var format: FormatOption
  @OptionGroup var results: ResultsOption
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try MethodList.chosen(methods, options: option)
    try TrainingOptions.check(priorScale: priorScale)
  }

  /// What determines a row of the table.
  private struct Key: Codable, Hashable {
    let folder: String
    let foreign: String?
    let description: FitDescription
    let search: HyperparameterSearch?
  }

  /// What is finished of a row.
  private struct Row: Codable {
    let chosen: FitDescription
    var result: MNISTResult?
  }

  private typealias Finished = ResultsFile<Key, Row>

  func run() throws {
    Interruption.listen()
    let (folder, foreign) = (data ?? BenchmarkCommand.folder("mnist"), foreign ?? Self.foreignFolder)
    let finished = try Finished(results.results)
    let benchmark = try MNISTBenchmark(folder: folder, foreignFolder: foreign, seed: training.seed)
    let reporter = ProgressReporter(isQuiet: quiet.quiet)
    var rows: [MNISTResult] = []
    for method in try MethodList.chosen(methods, options: option) {
      let key = Key(
        folder: folder, foreign: foreign, description: description(method), search: search ? .forImages : nil)
      do {
        rows.append(try result(of: benchmark, key, finished, reporter))
      } catch TrainingError.interrupted {
        reporter.clear()
        throw results.interruption(of: "a benchmark")
      } catch let error as TrainingError {
        reporter.say("\(method.name): no result: \(error.sentence)")
      }
    }
    try StandardOutput.write(try MNISTReport(results: rows, searched: search).written(as: format.format))
  }

  private func description(_ method: MethodDescription) -> FitDescription {
    FitDescription(
      method: method, network: .dense([800, 400]), priorScale: priorScale, epochs: training.epochs ?? 20,
      batchSize: training.batchSize ?? 128, learningRate: training.learningRate, stopsEarly: false, seed: training.seed)
  }

  private func result(
    of benchmark: MNISTBenchmark, _ key: Key, _ finished: Finished, _ reporter: ProgressReporter
  ) throws -> MNISTResult {
    if let result = finished[key]?.result { return result }
    func control(_ title: String) -> (FitProgress, RunControl) {
      let progress = FitProgress(reporter, title: title)
      return (
        progress,
        RunControl(
          threads: threads.count, progress: { progress.update($0) }, shouldStop: { Interruption.received != nil })
      )
    }
    let name = key.description.method.name
    var row = finished[key] ?? Row(chosen: key.description)
    if let search = key.search, finished[key] == nil {
      row = Row(
        chosen: try benchmark.choice(
          from: key.description, search: search, control: control("\(name), choosing").1))
      try finished.keep(row, for: key)
    }
    let (progress, final) = control(name)
    let result = try benchmark.result(of: row.chosen, control: final)
    progress.finish()
    row.result = result
    try finished.keep(row, for: key)
    return result
  }

  /// Where Fashion-MNIST is when no option says so; `nil` when it is not there.
  private static var foreignFolder: String? {
    let folder = BenchmarkCommand.folder("fashion-mnist")
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }
}
