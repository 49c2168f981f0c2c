//  FidelityCommand.swift — credence fidelity: how far is each method from the posterior itself?

import ArgumentParser
import Credence
import Foundation

struct FidelityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fidelity",
    abstract: "Compare approximate posteriors with long Markov chains on the same network and prior.",
    discussion: """
      Rows are held out at random. NUTS runs on the others and is the reference, if its chains agree in their predictions \
      (R-hat below 1.01); it is kept as a model file and read again when it is there. Its chains are kept beside it: they go on \
      when more draws are asked for, or after the run was stopped. Each method is then fitted to the same \
      rows, with the same network and prior, and its predictions are set against the reference's. Options of the reference \
      are those of nuts.

      EXAMPLE
        credence fidelity Data/diabetes.csv --target y --network 50 --methods all
        credence fidelity Data/iris.csv --target y --network 20 --methods map,ensemble --option nuts.draws=1000
        credence fidelity Data/wine.csv --target y --network 20 --figure ignorance.svg
      """)

  @Argument(help: ArgumentHelp("A CSV file whose first line names the columns, plain or gzip.", valueName: "data"))
  var data: String

  @Option(help: ArgumentHelp("The column to predict.", valueName: "name"))
  var target: String

  @Option(help: "What the target is; inferred from its values by default.")
  var task: PredictionTask?

  @Option(help: "What becomes of missing cells: filled with the mean, their rows dropped, or an error.")
  var missing: MissingCells = .error

  @Option(help: SeparatorArgument.help)
  var separator: SeparatorArgument?

  @Option(help: ArgumentHelp("'all', or methods separated by commas; see 'credence methods'.", valueName: "names"))
  var methods = "all"

  @Option(help: ArgumentHelp("An option of one method; may be repeated.", valueName: "method.key=value"))
  var option: [MethodOptionArgument] = []

  @Option(
    help: ArgumentHelp("The model file of the reference (default: DATA.reference.credence here).", valueName: "file"))
  var reference: String?

  @Option(help: ArgumentHelp("The share of the rows that is held out.", valueName: "p"))
  var testFraction = 0.2

  @OptionGroup(title: "Network options") var network: NetworkOptions

  @OptionGroup var format: FormatOption
  @OptionGroup var figure: FigureOption
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    _ = try chosen()
    guard testFraction > 0 && testFraction < 1 else {
      throw ValidationError("--test-fraction is a share between 0 and 1.")
    }
    if network.network.isConvolutional {
      throw ValidationError("--network \(network.network) takes images, and a table has none.")
    }
  }

  func run() throws {
    Interruption.listen()
    let path = reference ?? URL(filePath: data).deletingPathExtension().lastPathComponent + ".reference.credence"
    try OutputFile.check(path)
    try figure.check(inputs: [data, path])
    try ModelArgument.checkHoldsData(data)
    let table = try Table(contentsOf: data, separator: separator?.character, missing: missing)
    let held = try HeldOutData(
      table, target: target, task: task, missing: missing, testFraction: testFraction, seed: network.training.seed)
    let chosen = try chosen()
    let study = FidelityStudy(data: held, settings: network.description(method: chosen[0]))
    let run = FidelityRun(study: study, threads: threads.count, reporter: ProgressReporter(isQuiet: quiet.quiet))
    let report = try run.report(
      reference: study.reference(chosen[0].options), at: path, methods: Array(chosen.dropFirst()),
      namesReference: try MethodList.names(methods).contains(MarkovChains.name), data: data)
    try StandardOutput.write(report.written(as: format.format))
    try figure.write { report.figure }
  }

  /// The reference first, then the methods in the order in which they were named.
  private func chosen() throws -> [MethodDescription] {
    try MethodList.chosen(methods, options: option, adding: MarkovChains.name)
  }
}
