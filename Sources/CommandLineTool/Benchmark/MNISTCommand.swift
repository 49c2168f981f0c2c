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
      probability that a garment of Fashion-MNIST has a higher predictive entropy than a digit.

      EXAMPLE
        credence benchmark mnist --methods map,ensemble --epochs 20
        credence benchmark mnist --methods all --search --format markdown
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

  @Option(help: ArgumentHelp("Passes over the data.", valueName: "n"))
  var epochs = 20

  @Option(help: ArgumentHelp("Rows of a minibatch.", valueName: "n"))
  var batchSize = 128

  @Option(help: ArgumentHelp("The learning rate of the first step; by default that of the method.", valueName: "x"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("The standard deviation of the prior of each parameter.", valueName: "x"))
  var priorScale = 0.3

  @Flag(help: "Choose learning rate and prior by validation images.")
  var search = false

  @Option(help: ArgumentHelp("The seed.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: "The form of the table.")
  var format: TableFormat = .text

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try MethodList.chosen(methods, options: option)
    if epochs < 1 { throw ValidationError("--epochs is a number from 1.") }
    if batchSize < 1 { throw ValidationError("--batch-size is a number from 1.") }
    if let learningRate, !(learningRate > 0) { throw ValidationError("--learning-rate is a number above 0.") }
    if !(priorScale > 0) { throw ValidationError("--prior-scale is a number above 0.") }
  }

  func run() throws {
    Interruption.listen()
    let benchmark = try MNISTBenchmark(
      folder: data ?? BenchmarkCommand.folder("mnist"), foreignFolder: foreign ?? Self.foreignFolder, seed: seed)
    let reporter = ProgressReporter(isQuiet: quiet.quiet)
    var results: [MNISTResult] = []
    for method in try MethodList.chosen(methods, options: option) {
      do {
        results.append(try result(of: benchmark, method, reporter))
      } catch TrainingError.interrupted {
        reporter.clear()
        throw Interruption(
          signal: Interruption.received ?? 2, sentence: "stopped; a benchmark begins anew when run again.")
      } catch let error as TrainingError {
        reporter.say("\(method.name): no result: \(error)")
      }
    }
    try StandardOutput.write(try MNISTReport(results, searched: search).text(format))
  }

  private func result(
    of benchmark: MNISTBenchmark, _ method: MethodDescription, _ reporter: ProgressReporter
  ) throws -> MNISTResult {
    func control(_ title: String) -> (FitProgress, RunControl) {
      let progress = FitProgress(reporter, title: title)
      return (
        progress,
        RunControl(
          threads: threads.count, progress: { progress.update($0) }, shouldStop: { Interruption.received != nil })
      )
    }
    var description = FitDescription(
      method: method, network: .dense([800, 400]), priorScale: priorScale, epochs: epochs, batchSize: batchSize,
      learningRate: learningRate, stopsEarly: false, seed: seed)
    if search {
      description = try benchmark.choice(
        from: description, search: .forImages, control: control("\(method.name), choosing").1)
    }
    let (progress, final) = control(method.name)
    let result = try benchmark.result(of: description, control: final)
    progress.finish()
    return result
  }

  /// Where Fashion-MNIST is when no option says so; `nil` when it is not there.
  private static var foreignFolder: String? {
    let folder = BenchmarkCommand.folder("fashion-mnist")
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }
}
