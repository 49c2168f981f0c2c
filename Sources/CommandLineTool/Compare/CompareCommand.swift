//  CompareCommand.swift — credence compare: each method on the same rows, under the same budget, in one table.

import ArgumentParser
import Credence

/// How a comparison is written.
enum ComparisonFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, csv, markdown
}

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Fit several methods to the same data, and compare how good they are and what they cost.",
    discussion: """
      Rows are held out at random, each method is fitted to the others in a process of its own, and all are scored on the rows \
      held out. MAP, the point of comparison, is always among them. A budget limits the epochs of each method: two short fits \
      say what an epoch costs.

      EXAMPLE
        credence compare Data/diabetes.csv --target y --methods map,ensemble --budget 20
        credence compare Data/wine.csv --target y --format markdown
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

  @Option(help: "The form of the result.")
  var format: ComparisonFormat = .text

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try input()
    _ = try chosenMethods()
    if let budget, !(budget > 0 && budget.isFinite) {
      throw ValidationError("--budget is a number of seconds above 0.")
    }
    guard testFraction > 0 && testFraction < 1 else {
      throw ValidationError("--test-fraction is a share between 0 and 1.")
    }
  }

  func run() throws {
    Interruption.listen()
    let source = try comparisonSource()
    let data = try source.load()
    let reporter = ProgressReporter(isQuiet: quiet.quiet)
    let methods = try chosenMethods()
    let rows = data.train.examples.count
    reporter.say(
      "\(source.name): \(NumberFormat.count(rows, "row")) to fit, \(NumberFormat.count(data.testCount, "row")) held out; "
        + NumberFormat.count(methods.count, "method") + (budget.map { " of at most \(NumberFormat.duration(seconds: $0))" } ?? "")
    )
    var records: [TrialRecord] = []
    for method in methods {
      let start = reporter.elapsed
      let request = TrialRequest(
        source: source, description: network.description(method: method), budget: budget, threads: threads.count,
        isQuiet: quiet.quiet)
      // What cannot be built at all is told without a process.
      let record: TrialRecord
      do {
        _ = try request.description.model(for: data.train.encoding)
        record = try TrialProcess(request: request).record()
      } catch let error as TrainingError {
        record = TrialRecord(method: method, failure: error.description)
      }
      records.append(record)
      reporter.say(
        "\(method.name): " + (record.failure ?? "done in \(NumberFormat.duration(seconds: reporter.elapsed - start))"))
    }
    let comparison = Comparison(
      records: records, data: source.name, rows: rows, testRows: data.testCount, budget: budget, seed: network.seed)
    try StandardOutput.write(try ComparisonReport(comparison, threads: threads.count).text(format))
    if comparison.records.allSatisfy({ $0.failure != nil }) {
      throw TrainingError.unusable("no method has a result; the output says why")
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
      testFraction: testFraction, seed: network.seed)
  }

  /// MAP first, then the others in the order in which they were named.
  ///
  /// Throws: `ValidationError` that lists what there is.
  private func chosenMethods() throws -> [MethodDescription] {
    try MethodList.chosen(methods, options: option, adding: MethodDescription.maximumAPosteriori.name)
  }
}
