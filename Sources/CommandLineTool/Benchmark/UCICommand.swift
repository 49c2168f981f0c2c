//  UCICommand.swift — credence benchmark uci: small regressions on their standard splits.

import ArgumentParser
import Credence
import Synchronization

struct UCICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uci",
    abstract: "Methods on the UCI regressions: networks of 50 hidden units, standard splits.",
    discussion: """
      Epochs, learning rate and the scale of the prior are chosen for each split and method by a fifth of the split's training \
      rows, held out while they are chosen; test rows are only scored. --no-search leaves the defaults as they are. With --results a run \
      that was stopped goes on from the splits that it had finished.

      EXAMPLE
        credence benchmark uci --sets energy,yacht --splits 5
        credence benchmark uci --sets all --methods all --results uci.jsonl --format markdown
      """)

  @Option(help: ArgumentHelp("The sets, separated by commas, or 'all'.", valueName: "names"))
  var sets = UCIDataset.standard.joined(separator: ",")

  @Option(help: ArgumentHelp("'all', or methods separated by commas; see 'credence methods'.", valueName: "names"))
  var methods = MethodCatalogue.standard

  @Option(help: ArgumentHelp("An option of one method; may be repeated.", valueName: "method.key=value"))
  var option: [MethodOptionArgument] = []

  @Option(help: ArgumentHelp("Splits of each set, the first of those that it has; all by default.", valueName: "n"))
  var splits: Int?

  @Option(help: ArgumentHelp("The folder of the sets.", valueName: "folder"))
  var data: String?

  @OptionGroup var training: TrainingOptions

  @Option(help: ArgumentHelp("The standard deviation of the prior of each parameter.", valueName: "x"))
  var priorScale = Defaults.priorScale

  @Flag(
    inversion: .prefixedNo, help: "Try alternatives to these settings on rows held out of each split's training rows.")
  var search = true

  @OptionGroup var format: FormatOption
  @OptionGroup var results: ResultsOption
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try datasets()
    _ = try MethodList.chosen(methods, options: option)
    if let splits, splits < 1 { throw ValidationError("--splits is a number from 1.") }
    try TrainingOptions.check(priorScale: priorScale)
  }

  private func datasets() throws -> [UCIDataset] {
    if sets == "all" { return UCIDataset.all }
    return try sets.split(separator: ",").map { name in
      // The beginning of a name is enough: "boston", "power".
      let found = UCIDataset.all.filter { $0.name.hasPrefix(name) }
      guard found.count == 1, let dataset = found.first else {
        throw ValidationError(
          "There is no set '\(name)'\(NearestName.question(String(name), among: UCIDataset.all.map(\.name))); there are "
            + UCIDataset.all.map(\.name).joined(separator: ", ") + ".")
      }
      return dataset
    }
  }

  /// What determines the result of one split.
  private struct Key: Codable, Hashable {
    let set: String
    let folder: String
    let split: Int
    let description: FitDescription
    let search: HyperparameterSearch?
  }

  private typealias Finished = ResultsFile<Key, UCIBenchmark.SplitResult>

  func run() throws {
    Interruption.listen()
    let folder = data ?? BenchmarkCommand.folder("uci")
    let reporter = ProgressReporter(isQuiet: quiet.quiet)
    let finished = try Finished(results.results)
    var rows: [UCIResult] = []
    for dataset in try datasets() {
      let benchmark = try UCIBenchmark(dataset, folder: folder)
      for method in try MethodList.chosen(methods, options: option) {
        do {
          rows.append(try result(of: benchmark, folder, method, finished, reporter))
        } catch TrainingError.interrupted {
          reporter.clear()
          throw results.interruption(of: "a benchmark")
        } catch let error as TrainingError {
          reporter.say("\(dataset.name), \(method.name): no result: \(error.sentence)")
        }
      }
    }
    reporter.clear()
    try StandardOutput.write(try UCIReport(results: rows, searched: search).written(as: format.format))
  }

  private func result(
    of benchmark: UCIBenchmark, _ folder: String, _ method: MethodDescription, _ finished: Finished,
    _ reporter: ProgressReporter
  ) throws -> UCIResult {
    let count = min(splits ?? benchmark.splits.count, benchmark.splits.count)
    let description = FitDescription(
      method: method, network: .dense([benchmark.dataset.hiddenUnits]), priorScale: priorScale,
      epochs: training.epochs, batchSize: training.batchSize, learningRate: training.learningRate, seed: training.seed)
    let chosen = search ? HyperparameterSearch() : nil
    let key = { @Sendable (split: Int) in
      Key(set: benchmark.dataset.name, folder: folder, split: split, description: description, search: chosen)
    }
    let known = Dictionary(
      uniqueKeysWithValues: (0..<count).compactMap { split in finished[key(split)].map { (split, $0) } })
    let progress = Mutex(SplitProgress(title: "\(benchmark.dataset.name), \(method.name)", count: count, known: known))
    let splits = try benchmark.results(
      splits: count, description, search: chosen, known: known, threads: threads.count,
      shouldStop: { Interruption.received != nil }
    ) { split, result in
      try finished.keep(result, for: key(split))
      reporter.show(
        progress.withLock { progress in
          progress.add(result)
          return progress.line
        })
    }
    return UCIResult(benchmark.dataset, splits, method: method)
  }
}

/// From the splits that are finished to a line of progress.
private struct SplitProgress {
  private let title: String
  private let count: Int
  private let knownCount: Int
  private let start = ContinuousClock.now
  private var logLikelihoods: [Double]

  init(title: String, count: Int, known: [Int: UCIBenchmark.SplitResult]) {
    self.title = title
    self.count = count
    knownCount = known.count
    logLikelihoods = known.values.map { -$0.scores.negativeLogLikelihood }
  }

  mutating func add(_ result: UCIBenchmark.SplitResult) {
    logLikelihoods.append(-result.scores.negativeLogLikelihood)
  }

  /// Precondition: a result was added.
  var line: ProgressLine {
    let done = logLikelihoods.count
    let pace = start.duration(to: .now) / .seconds(1) / Double(done - knownCount)
    return ProgressLine(
      title: title, share: Double(done) / Double(count), secondsLeft: pace * Double(count - done),
      details: [
        "split \(done) of \(count)",
        "log likelihood " + NumberFormat.number(SplitAverage(logLikelihoods).mean, digits: 3),
      ])
  }
}
