//  EvaluateCommand.swift — credence evaluate: how good a model's predictions are where the truth is known.

import ArgumentParser
import Credence

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Score a model on data that hold the target.",
    discussion: """
      --figure draws how far intervals hold what they promise, or how far the confidence of classes does. The negative log \
      likelihood is the mean per row, in nats, in the unit of the target. In JSON, a score that is not a finite \
      number is null, and in CSV, which has one line of names and one of scores, its cell is empty.

      EXAMPLE
        credence evaluate diabetes.credence held-out.csv --format json
        credence evaluate diabetes.credence held-out.csv --figure coverage.svg
      """)

  @Argument(help: ArgumentHelp("A file that `credence fit` wrote.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("A CSV file with the columns of the training data.", valueName: "data"))
  var data: String?

  @OptionGroup(title: "Data options") var source: DataOptions
  @OptionGroup(title: "Data options") var extra: ExtraColumnsOption

  @OptionGroup var format: FormatOption
  @OptionGroup var figure: FigureOption
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws { _ = try source.labelledSource(csv: data) }

  func run() throws {
    try figure.check(inputs: [model, data, source.images, source.labels])
    let fitted = try ModelArgument.model(at: model, data: data, command: "evaluate")
    let reader = ModelInputs(
      fitted.encoding, modelName: model, separator: source.separator?.character, ignoresExtra: extra.ignoreExtra)
    let inputs = try reader.labelledInputs(try source.labelledSource(csv: data))
    let targets = try Targets(
      of: inputs, fitted.encoding, counts: fitted.record.model.likelihood.family == .poisson)
    let predictive = fitted.predict(inputs.numbers, threads: threads.count)
    try inputs.check(predictive)
    switch targets {
    case .numbers(let numbers):
      let scores = RegressionScores(of: predictive.mixture, against: numbers)
      try StandardOutput.write(ScoreReport(scores).written(as: format.format))
      try figure.write {
        let curve = CoverageFigure.Curve(
          name: fitted.record.settings.method.name, of: predictive.mixture, against: numbers)
        return CoverageFigure(curves: [curve]).figure(
          title: "Do intervals hold what they promise?", subtitle: rows(scores.count))
      }
    case .classes(let labels):
      let scores = ClassificationScores(of: predictive.classes, against: labels)
      try StandardOutput.write(ScoreReport(scores).written(as: format.format))
      try figure.write {
        ReliabilityFigure(of: predictive.classes, against: labels).figure(
          title: "Is confidence what it says?", subtitle: rows(scores.count))
      }
    }
  }

  private func rows(_ count: Int) -> String {
    "\(NumberFormat.count(count, "row")) of \(FigureOption.shortName(data ?? source.images ?? "the data"))"
  }

  private enum Targets {
    case numbers([Double])
    case classes([Int])

    /// - Parameter counts: Whether numbers have to be counts.
    init(of data: EncodedData, _ encoding: DataEncoding, counts: Bool) throws(DatasetError) {
      switch (data.source, encoding) {
      case (.images(let images, _), _): self = .classes(images.labels)
      case (.table(let table), .table(let encoding)) where encoding.task == .regression:
        let numbers = try encoding.originalTargets(of: table)
        if counts { try TargetEncoding.checkCounts(numbers, try table.column(named: encoding.targetName), table) }
        self = .numbers(numbers)
      case (.table(let table), .table(let encoding)): self = .classes(try encoding.classTargets(of: table))
      case (.table, .images): preconditionFailure("the reader has refused a table for a model of images")
      }
    }
  }
}
