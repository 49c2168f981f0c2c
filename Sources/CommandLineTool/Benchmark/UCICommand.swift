//  UCICommand.swift — credence benchmark uci: small regressions on their standard splits.

import ArgumentParser
import Credence

struct UCICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uci",
    abstract: "Methods on the UCI regressions: networks of 50 hidden units, standard splits.",
    discussion: """
      Epochs, learning rate and the scale of the prior are chosen for each split and method by a fifth of the split's training \
      rows, held out while they are chosen; test rows are only scored. --no-search leaves the defaults as they are.

      EXAMPLE
        credence benchmark uci --sets energy,yacht --splits 5
        credence benchmark uci --sets all --methods all --format markdown
      """)

  @Option(help: ArgumentHelp("The sets, separated by commas, or 'all'.", valueName: "names"))
  var sets = UCIDataset.standard.joined(separator: ",")

  @Option(help: ArgumentHelp("'all', or methods separated by commas; see 'credence methods'.", valueName: "names"))
  var methods = MethodCatalogue.standard

  @Option(help: ArgumentHelp("An option of one method; may be repeated.", valueName: "method.key=value"))
  var option: [MethodOptionArgument] = []

  @Option(help: ArgumentHelp("Splits of each set; all by default.", valueName: "n"))
  var splits: Int?

  @Option(help: ArgumentHelp("The folder of the sets.", valueName: "folder"))
  var data: String?

  @Option(help: ArgumentHelp("Passes over the data; chosen by its size by default.", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("The learning rate of the first step.", valueName: "x"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("The standard deviation of the prior of each parameter.", valueName: "x"))
  var priorScale = Defaults.priorScale

  @Flag(
    inversion: .prefixedNo, help: "Try alternatives to these settings on rows held out of each split's training rows.")
  var search = true

  @Option(help: ArgumentHelp("The seed.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: "The form of the table.")
  var format: TableFormat = .text

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try datasets()
    _ = try MethodList.chosen(methods, options: option)
    if let splits, splits < 1 { throw ValidationError("--splits is a number from 1.") }
    if let epochs, epochs < 1 { throw ValidationError("--epochs is a number from 1.") }
    if let learningRate, !(learningRate > 0) { throw ValidationError("--learning-rate is a number above 0.") }
    if !(priorScale > 0) { throw ValidationError("--prior-scale is a number above 0.") }
  }

  private func datasets() throws -> [UCIDataset] {
    if sets == "all" { return UCIDataset.all }
    return try sets.split(separator: ",").map { name in
      guard let dataset = UCIDataset.all.first(where: { $0.name == name }) else {
        throw ValidationError(
          "There is no set '\(name)'; there are \(UCIDataset.all.map(\.name).joined(separator: ", ")).")
      }
      return dataset
    }
  }

  func run() throws {
    Interruption.listen()
    let folder = data ?? BenchmarkCommand.folder("uci")
    let reporter = ProgressReporter(isQuiet: quiet.quiet)
    var results: [UCIResult] = []
    for dataset in try datasets() {
      let benchmark = try UCIBenchmark(dataset, folder: folder)
      for method in try MethodList.chosen(methods, options: option) {
        do {
          results.append(try result(of: benchmark, method, reporter))
        } catch TrainingError.interrupted {
          reporter.clear()
          throw Interruption(
            signal: Interruption.received ?? 2, sentence: "stopped; a benchmark begins anew when run again.")
        } catch let error as TrainingError {
          reporter.say("\(dataset.name), \(method.name): no result: \(error)")
        }
      }
    }
    reporter.clear()
    try StandardOutput.write(try UCIReport(results, searched: search).text(format))
  }

  private func result(
    of benchmark: UCIBenchmark, _ method: MethodDescription, _ reporter: ProgressReporter
  ) throws -> UCIResult {
    let count = min(splits ?? benchmark.splits.count, benchmark.splits.count)
    let start = ContinuousClock.now
    let description = FitDescription(
      method: method, network: .dense([benchmark.dataset.hiddenUnits]), priorScale: priorScale, epochs: epochs,
      learningRate: learningRate, seed: seed)
    let results = try benchmark.results(
      splits: count, description, search: search ? HyperparameterSearch() : nil, threads: threads.count,
      shouldStop: { Interruption.received != nil }
    ) { results in
      guard !results.isEmpty else { return }
      let seconds = start.duration(to: .now) / .seconds(1)
      let done = Double(results.count) / Double(count)
      reporter.show(
        ProgressLine(
          title: "\(benchmark.dataset.name), \(method.name)", share: done, secondsLeft: seconds / done - seconds,
          details: [
            "split \(results.count) of \(count)",
            "log likelihood "
              + NumberFormat.number(SplitAverage(results.map { -$0.scores.negativeLogLikelihood }).mean, digits: 3),
          ]))
    }
    return UCIResult(benchmark.dataset, results, method: method, seconds: start.duration(to: .now) / .seconds(1))
  }
}
