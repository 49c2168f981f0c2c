//  PredictCommand.swift — credence predict: a model and new data in, a CSV file of predictions out.

import ArgumentParser
import Credence

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Predict each row of new data, with its uncertainty.",
    discussion: """
      The columns are matched by name; the target may be there or not. One line for each row, in order, as CSV unless --format \
      says otherwise. A regression gives \
      mean, standard_deviation, epistemic, aleatoric, lower and upper, in the unit of the target; a classification gives \
      prediction, a probability for each class, entropy and mutual_information, in nats, which is empty where the method does \
      not know it. --figure draws a regression: along its input where there is only one, and otherwise row by row, in the \
      order of the predicted means; targets that the rows have are dots.

      EXAMPLE
        credence predict diabetes.credence new.csv --interval 0.9 --out forecast.csv
        credence predict curve.credence grid.csv --out forecast.csv --figure curve.svg
      """)

  @Argument(help: ArgumentHelp("A file that `credence fit` wrote.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("A CSV file with the columns of the training data.", valueName: "data"))
  var data: String?

  @OptionGroup(title: "Data options") var source: UnlabelledDataOptions
  @OptionGroup(title: "Data options") var extra: ExtraColumnsOption

  @Option(help: ArgumentHelp("The probability that the interval from lower to upper holds.", valueName: "p"))
  var interval = 0.9

  @Option(help: ArgumentHelp("The file to write; standard output by default.", valueName: "file"))
  var out: String?

  @Option(help: "The form of the predictions; CSV and JSON have all digits.")
  var format: ReportFormat = .csv

  @OptionGroup var figure: FigureOption
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try source.source(csv: data)
    guard interval > 0 && interval < 1 else { throw ValidationError("--interval is a probability between 0 and 1.") }
    if out?.isEmpty == true { throw ValidationError("--out needs the name of a file.") }
  }

  func run() throws {
    if let out { try OutputFile.check(out, inputs: [model, data, source.images]) }
    try figure.check(inputs: [model, data, source.images])
    let fitted = try ModelArgument.model(at: model, data: data, command: "predict")
    if figure.figure != nil, fitted.encoding.classes != nil {
      throw DatasetError(
        file: model, problem: "the model predicts classes, and --figure draws predicted numbers",
        advice: "leave it out; 'credence evaluate --figure' draws how reliable the classes are")
    }
    let reader = ModelInputs(
      fitted.encoding, modelName: model, separator: source.separator?.character, ignoresExtra: extra.ignoreExtra)
    let inputs = try reader.inputs(try source.source(csv: data))
    let predictive = fitted.predict(inputs.numbers, threads: threads.count)
    try inputs.check(predictive)
    let predictions = try PredictionTable(predictive, classes: fitted.encoding.classes, interval: interval)
      .written(as: format)
    try figure.write {
      try PredictionFigure(
        predictive, fitted.encoding, inputs, level: interval, title: fitted.record.settings.method.name
      ).figure
    }
    guard let out else { return try StandardOutput.write(predictions) }
    try AtomicFile.write([Array(predictions.utf8)], to: out)
    ProgressReporter(isQuiet: quiet.quiet).say(
      "Predicted \(NumberFormat.count(predictive.count, "row")); they are in \(out).")
  }
}
