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
        credence fit visits.csv --target visits --likelihood poisson --out visits.credence
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
  @OptionGroup(title: "Likelihood options") var likelihood: LikelihoodOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOption

  @Option(help: ArgumentHelp("The file to write, NAME.credence.", valueName: "file"))
  var out: String

  @Flag(help: "Go on from the checkpoint that a stopped run left beside the output.")
  var resume = false

  func validate() throws {
    _ = try input()
    try likelihood.check(task: task, hasImages: source.images != nil)
    if out.isEmpty { throw ValidationError("--out needs the name of a file.") }
  }

  func run() throws {
    Interruption.listen()
    try OutputFile.check(out, inputs: [self.data, source.images, source.labels])
    try OutputFile.checkHoldsNoOtherWork(out)
    try ModelArgument.checkHoldsData(self.data)
    let input = try input()
    let data = try data(of: input)
    try likelihood.check(data)
    let run = FitRun(
      description: network.description(method: try method.description, likelihood), out: out, resumes: resume,
      threads: threads.count,
      reporter: ProgressReporter(isQuiet: quiet.quiet))
    try run.callAsFunction(on: data, name: input.name)
  }

  private func input() throws -> FitSource.Input {
    try FitSource(data: data, target: target, task: task, missing: missing, source: source, network: network.network)
      .input()
  }

  private func data(of input: FitSource.Input) throws -> FitData {
    switch input {
    case .table(let path, let target):
      let table = try Table(contentsOf: path, separator: source.separator?.character, missing: missing)
      return try FitData(table, target: target, task: task, missing: missing, likelihood: likelihood.likelihood)
    case .images(let path, let labels):
      return try FitData(
        LabelledImages(idxImages: path, labels: labels), imagesName: path, labelsName: labels)
    }
  }
}

extension PredictionTask: ExpressibleByArgument {}
extension MissingCells: ExpressibleByArgument {}
