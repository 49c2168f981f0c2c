//  FitCommand.swift — credence fit: data in, a model file out.

public import ArgumentParser
public import Credence

struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Fit a model to a CSV file or to images, and write it as one file.",
    discussion: """
      Every column of the file except the target is a feature. Numbers are standardised; texts are categories. A fit that \
      is stopped, or killed, goes on with --resume and gives the same file. The \
      variable CREDENCE_CHECKPOINT_SECONDS of the environment sets how often it is kept; 10 by default.

      EXAMPLE
        credence fit Data/diabetes.csv --target y --out diabetes.credence
        credence fit sales.csv --target price --missing mean --out sales.credence
        credence fit sales.csv --target price --option members=10 --out sales.credence
        credence fit --images x.gz --labels y.gz --network lenet5 --out m.credence
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
  @OptionGroup(title: "Method options") var method: MethodSelection
  @OptionGroup(title: "Network options") var network: NetworkOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  @Option(help: ArgumentHelp("The file to write, NAME.credence.", valueName: "file"))
  var out: String

  @Flag(help: "Go on from the checkpoint that a stopped run left beside the output.")
  var resume = false

  func validate() throws {
    try FitSource(data: data, target: target, task: task, missing: missing, source: source, network: network.network)
      .validate()
    if out.isEmpty { throw ValidationError("--out needs the name of a file.") }
  }

  func run() throws {
    Interruption.listen()
    try OutputFile.check(out, inputs: [self.data, source.images, source.labels])
    try OutputFile.checkHoldsNoOtherWork(out)
    let data = try fitData()
    let run = FitRun(
      description: network.description(method: try method.description), out: out, resumes: resume,
      threads: threads.count,
      reporter: ProgressReporter(isQuiet: quiet.quiet))
    try run.callAsFunction(on: data, name: self.data ?? source.images ?? "")
  }

  private func fitData() throws -> FitData {
    switch try source.labelledSource(csv: data) {
    case .table(let path):
      let table = try Table(contentsOf: path, separator: source.separator?.character, missing: missing)
      return try FitData(table, target: target ?? "", task: task, missing: missing)
    case .images(let path, let labels):
      let labelsPath = labels ?? ""
      let images = try LabelledImages(idxImages: path, labels: labelsPath)
      return try FitData(images, imagesName: path, labelsName: labelsPath)
    }
  }
}

extension PredictionTask: ExpressibleByArgument {}
extension MissingCells: ExpressibleByArgument {}
