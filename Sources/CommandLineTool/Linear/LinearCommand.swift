//  LinearCommand.swift — credence linear: exact Bayesian linear regression of several degrees, weighed by their evidence.

import ArgumentParser
import Credence

struct LinearCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "linear",
    abstract: "Compare linear models of several degrees by their evidence, and predict with all.",
    discussion: """
      Inputs and target are standardised. For each degree the precisions of noise and prior are those that maximise the \
      evidence; a degree whose evidence is greatest as its weights vanish has that of the limit. The \
      probability of a degree is for degrees that are all alike beforehand. Predictions average over them. --figure draws the \
      average along a single column of numbers, and otherwise the probability of each degree. With --basis last-layer there \
      is one model: the last layer of a network that was fitted to the same columns, all below as it is.

      EXAMPLE
        credence linear Data/diabetes.csv --target y --basis polynomial --degrees 0...4
        credence linear curve.csv --target y --degrees 0...9 --predict new.csv --out forecast.csv
        credence linear curve.csv --target y --figure curve.svg
        credence linear Data/diabetes.csv --target y --basis last-layer --model diabetes.credence
      """)

  @Argument(help: ArgumentHelp("A CSV file whose first line names the columns, plain or gzip.", valueName: "data"))
  var data: String

  @Option(help: ArgumentHelp("The column to predict, of numbers.", valueName: "name"))
  var target: String

  @OptionGroup(title: "Basis options") var basis: BasisOptions

  @Option(help: "What becomes of missing cells: filled with the mean, their rows dropped, or an error.")
  var missing: MissingCells = .error

  @Option(help: SeparatorArgument.help)
  var separator: SeparatorArgument?

  @Option(help: ArgumentHelp("A CSV file of new rows to predict.", valueName: "file"))
  var predict: String?

  @Option(help: ArgumentHelp("The probability that the interval from lower to upper holds.", valueName: "p"))
  var interval = 0.9

  @Option(help: ArgumentHelp("The CSV file of predictions to write.", valueName: "file"))
  var out: String?

  @OptionGroup var extra: ExtraColumnsOption
  @OptionGroup var figure: FigureOption
  @OptionGroup var format: FormatOption
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    guard interval > 0 && interval < 1 else { throw ValidationError("--interval is a probability between 0 and 1.") }
    guard (predict == nil) == (out == nil) else { throw ValidationError("--predict and --out belong together.") }
    if basis.model != nil && missing != .error {
      throw ValidationError("--missing was settled when the model was fitted; leave it out.")
    }
    if extra.ignoreExtra && predict == nil { throw ValidationError("--ignore-extra belongs to --predict.") }
    if out?.isEmpty == true { throw ValidationError("--out needs the name of a file.") }
  }

  func run() throws {
    if let out { try OutputFile.check(out, inputs: [data, predict, basis.model]) }
    try figure.check(inputs: [data, predict, basis.model])
    try ModelArgument.checkHoldsData(data)
    try ModelArgument.checkHoldsData(predict)
    let study = try LinearStudy(
      contentsOf: data, target: target, basis, missing: missing, separator: separator?.character)
    if let model = basis.model, figure.figure != nil, study.encoding.inputCount != 1 {
      throw DatasetError(
        file: model,
        problem: "--figure draws a last layer along a single column of numbers, and the model has others",
        advice: "leave it out")
    }
    let comparison = study.comparison
    let scale = study.scale
    try StandardOutput.write(LinearReport(comparison, scale: scale).written(as: format.format))
    try figure.write {
      try LinearFigure(comparison, study.encoding, study.table, level: interval)
        .figure(title: FigureOption.shortName(data))
    }
    if let predict, let out { try write(comparison.average, study.encoding, scale, from: predict, to: out) }
  }

  private func write(
    _ average: LinearModelAverage, _ encoding: TabularEncoding, _ scale: Standardisation, from path: String,
    to out: String
  ) throws {
    let read = try Table(
      contentsOf: path, separator: separator?.character,
      missing: encoding.missing == .drop ? .error : encoding.missing, categorical: encoding.categoricalColumns)
    let table = extra.ignoreExtra ? read.keeping(encoding.features.map(\.name)) : read
    let inputs: DenseArray<Double> = try encoding.inputs(of: table)
    var csv = "mean,standard_deviation,lower,upper\n"
    for (row, mixture) in average.predict(inputs).enumerated() {
      let (lower, upper) = mixture.interval(interval)
      let numbers = [
        scale.decoded(mixture.mean), scale.scale * mixture.standardDeviation, scale.decoded(lower),
        scale.decoded(upper),
      ]
      guard numbers.allSatisfy(\.isFinite) else {
        throw DatasetError(
          file: path, line: table.lines[row], problem: "the prediction is not a finite number",
          advice: "correct the cells of this row: some are out of all proportion to the training rows")
      }
      csv += numbers.map { "\($0)" }.joined(separator: ",") + "\n"
    }
    try AtomicFile.write([Array(csv.utf8)], to: out)
  }
}
