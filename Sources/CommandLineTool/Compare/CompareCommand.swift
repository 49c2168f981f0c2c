//  CompareCommand.swift — credence compare: each method on the same rows, under the same budget, in one table.

import ArgumentParser
import Credence

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Fit several methods to the same data, and compare how good they are and what they cost.",
    discussion: """
      Rows are held out at random, each method is fitted to the others in a process of its own, and all are scored on the rows \
      held out. MAP, the point of comparison, is always among them. A budget limits the epochs of each method: two short fits \
      say what an epoch costs. With --results a comparison that was stopped goes on from the methods that it had finished.

      EXAMPLE
        credence compare Data/diabetes.csv --target y --methods map,ensemble --budget 20
        credence compare Data/wine.csv --target y --budget 60 --results wine.jsonl --format markdown
        credence compare Data/diabetes.csv --target y --budget 20 --figure methods.svg
      """)

  @Argument(help: ArgumentHelp("A CSV file whose first line names the columns, plain or gzip.", valueName: "data"))
  var data: String?

  @Option(help: ArgumentHelp("The column to predict.", valueName: "name"))
  var target: String?

  @Option(help: "What the target is; inferred from its values by default.")
  var task: PredictionTask?

  @Option(help: "What becomes of missing cells: filled with the mean, their rows dropped, or an error.")
  var missing: MissingCells = .error

  @OptionGroup(title: "Data options") var source: DataOptions

  @Option(help: ArgumentHelp("'all', or methods separated by commas; see 'credence methods'.", valueName: "names"))
  var methods = "all"

  @Option(help: ArgumentHelp("An option of one method; may be repeated.", valueName: "method.key=value"))
  var option: [MethodOptionArgument] = []

  @Option(help: ArgumentHelp("Seconds of fitting for each method; by default what each takes.", valueName: "seconds"))
  var budget: Double?

  @Option(help: ArgumentHelp("The share of the rows that is held out.", valueName: "p"))
  var testFraction = 0.2

  @OptionGroup(title: "Network options") var network: NetworkOptions
  @OptionGroup(title: "Likelihood options") var likelihood: LikelihoodOptions

  @OptionGroup var format: FormatOption
  @OptionGroup var figure: FigureOption
  @OptionGroup var results: ResultsOption
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try input()
    _ = try chosenMethods()
    try likelihood.check(task: task, hasImages: source.images != nil)
    if let budget, !(budget > 0 && budget.isFinite) {
      throw ValidationError("--budget is a number of seconds above 0.")
    }
    guard testFraction > 0 && testFraction < 1 else {
      throw ValidationError("--test-fraction is a share between 0 and 1.")
    }
  }

  /// What determines a row of the table.
  private struct Key: Codable, Hashable {
    let source: ComparisonSource
    /// Of the data, which may change under the same name.
    let checksum: String
    let description: FitDescription
    let budget: Double?
  }

  func run() throws {
    Interruption.listen()
    try figure.check(inputs: [data, self.source.images, self.source.labels])
    try ModelArgument.checkHoldsData(self.data)
    let finished = try ResultsFile<Key, TrialRecord>(results.results)
    let source = try comparisonSource()
    let data = try source.load()
    try likelihood.check(data.train)
    let reporter = ProgressReporter(isQuiet: quiet.quiet)
    let methods = try chosenMethods()
    let rows = data.train.examples.count
    reporter.say(
      "\(source.name): \(NumberFormat.count(rows, "row")) to fit, \(NumberFormat.count(data.testCount, "row")) held out; "
        + NumberFormat.count(methods.count, "method")
        + (budget.map { " of at most \(NumberFormat.duration(seconds: $0))" } ?? ""))
    // What cannot be built at all is told without a process.
    _ = try network.description(method: methods[0], likelihood).model(for: data.train, file: source.name)
    let checksum = results.results == nil ? "" : data.checksum
    var records: [TrialRecord] = []
    for method in methods {
      let description = network.description(method: method, likelihood)
      let key = Key(source: source, checksum: checksum, description: description, budget: budget)
      if let record = finished[key] {
        records.append(record)
        reporter.say("\(method.name): done before")
        continue
      }
      let record = try record(
        TrialRequest(
          source: source, description: description, budget: budget, threads: threads.count, isQuiet: quiet.quiet),
        reporter)
      if record.failure == nil { try finished.keep(record, for: key) }
      records.append(record)
    }
    let comparison = Comparison(
      records: records, data: source.name, rows: rows, testRows: data.testCount, budget: budget,
      seed: network.training.seed)
    try StandardOutput.write(try ComparisonReport(comparison, threads: threads.count).written(as: format.format))
    try figure.write {
      DotPlot(comparison).figure(
        title: "How good each method is",
        subtitle: NumberFormat.count(data.testCount, "row") + " held out of " + FigureOption.shortName(source.name),
        quantity: Axis("nats a row: less is better"))
    }
    let failed = comparison.records.filter { $0.failure != nil }.map(\.method.name)
    if failed.count == comparison.records.count {
      throw TrainingError.unusable("no method has a result; the output says why")
    }
    if !failed.isEmpty {
      throw TrainingError.unusable(
        "\(failed.count) of \(comparison.records.count) methods \(failed.count == 1 ? "has" : "have") no result: "
          + "\(failed.joined(separator: ", ")); the output says why")
    }
  }

  /// Throws: `Interruption` after a signal, or an error of the system.
  private func record(_ request: TrialRequest, _ reporter: ProgressReporter) throws -> TrialRecord {
    let start = reporter.elapsed
    do {
      let record = try TrialProcess(request: request).record()
      reporter.say(
        "\(request.description.method.name): "
          + (record.failure ?? "done in \(NumberFormat.duration(seconds: reporter.elapsed - start))"))
      return record
    } catch TrainingError.interrupted {
      throw results.interruption(of: "a comparison")
    }
  }

  private func input() throws -> FitSource.Input {
    try FitSource(data: data, target: target, task: task, missing: missing, source: source, network: network.network)
      .input()
  }

  private func comparisonSource() throws -> ComparisonSource {
    let kind: ComparisonSource.Kind =
      switch try input() {
      case .table(let path, let target): .table(path: path, target: target)
      case .images(let path, let labels): .images(path: path, labels: labels)
      }
    return ComparisonSource(
      kind: kind, task: task, missing: missing, separator: source.separator.map { String($0.character) },
      likelihood: likelihood.likelihood, testFraction: testFraction, seed: network.training.seed)
  }

  /// MAP first, then the others in the order in which they were named.
  ///
  /// Throws: `ValidationError` that lists what there is.
  private func chosenMethods() throws -> [MethodDescription] {
    try MethodList.chosen(methods, options: option, adding: MethodDescription.maximumAPosteriori.name)
  }
}
