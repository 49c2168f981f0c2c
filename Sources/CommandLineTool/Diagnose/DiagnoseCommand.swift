//  DiagnoseCommand.swift — credence diagnose: have these Markov chains converged?

import ArgumentParser
import Credence

struct DiagnoseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagnose", abstract: "Say whether Markov chains have converged, and what to do if not.",
    discussion: """
      The file holds draws: safetensors or NPZ with an array [chains, draws, …] for each parameter, NPY with one such \
      array, CSV with a column for each parameter, a column `chain`, and `draw` or `iteration` for the order of its \
      draws, or JSON with an object of lists for each chain, zipped or not, as posteriordb has them. Several files are chains of one run, as Stan writes them, one a file. R-hat is rank-normalised; ESS is the effective \
      sample size of the bulk and of the tails; MCSE the Monte Carlo standard error of the mean. \
      Where there is an array log_likelihood or log_lik [chains, draws, observations], or Stan's columns log_lik.1 and so on, \
      PSIS-LOO and WAIC say how well the model \
      predicts, and --against compares it with the model of another file on the same observations. \
      Where there are arrays x and gradient [chains, draws, D], coordinates and the gradient of the log density there, the \
      kernel Stein discrepancy says whether the draws are of that density at all; without gradients it cannot be known. In \
      Swift, samples.write(to:in:gradientsOf:) stores both.

      A model file of chains, as 'credence fit --method nuts' writes it, is diagnosed by what it predicts at the rows of --data: \
      weights can be exchanged, predictions cannot.

      --figure draws, for the parameter of the greatest R-hat, how the ranks of each chain's draws are spread among those of \
      all: evenly where chains agree.

      EXAMPLE
        credence diagnose draws.safetensors
        credence diagnose chain_1.csv chain_2.csv chain_3.csv chain_4.csv
        credence diagnose linear.npz --against quadratic.npz
        credence diagnose chains.csv --format json
        credence diagnose draws.safetensors --figure ranks.svg
        credence diagnose chains.credence --data iris.csv
      """)

  @Argument(help: ArgumentHelp("Draws of Markov chains: a file, or one for each chain or so.", valueName: "draws"))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "Draws of another model of the same observations; repeated where they are in several files.", valueName: "file"))
  var against: [String] = []

  @Option(help: ArgumentHelp("Rows at which a model file of chains predicts: a CSV file.", valueName: "file"))
  var data: String?

  @OptionGroup var format: FormatOption
  @OptionGroup var figure: FigureOption
  @OptionGroup var quiet: QuietOption

  func run() throws {
    if let data {
      let diagnosis = try ModelDiagnosis(of: files, rows: data, isAlone: against.isEmpty && figure.figure == nil)
      return try StandardOutput.write(diagnosis.written(as: format.format))
    }
    try figure.check(inputs: files + against)
    let draws = try DrawsFile(contentsOf: files)
    let findings = ConvergenceFinding.all(
      in: draws.summaries, trajectories: draws.trajectories, stein: draws.stein)
    let loo = draws.logLikelihood.map { LeaveOneOut(chains: $0) }
    let criteria = loo.flatMap { loo in
      draws.logLikelihood.map {
        PredictiveCriteria(loo, WidelyApplicableInformationCriterion(logLikelihood: $0))
      }
    }
    let difference = against.isEmpty ? nil : try Self.difference(loo, files[0], against)
    try figure.write { Self.ranks(draws) }
    let report = DiagnosisReport(
      draws, findings, prediction: criteria, difference: difference, file: files[0], other: against.first)
    try StandardOutput.write(report.written(as: format.format))
  }

  /// The ranks of each chain, for the parameter whose chains agree least.
  private static func ranks(_ draws: DrawsFile) -> Figure {
    let worst = draws.summaries.indices.max {
      (draws.summaries[$0].rHat.isNaN ? 0 : draws.summaries[$0].rHat)
        < (draws.summaries[$1].rHat.isNaN ? 0 : draws.summaries[$1].rHat)
    }
    let place = worst ?? 0
    let (bins, chains) = (20, draws.chains(ofSummary: place))
    let even = Double(chains.drawCount) / Double(bins)
    let lines = chains.rankCounts(bins: bins).enumerated().map { chain, counts in
      let steps = counts.enumerated().flatMap { bin, count in
        [bin, bin + 1].map { Point(x: Double($0) / Double(bins), y: Double(count) / even) }
      }
      return Mark(.line(steps), colour: .series(chain), label: "chain \(draws.chainLabels[chain])")
    }
    let expected = Mark(
      .line([Point(x: 0, y: 1), Point(x: 1, y: 1)], isDashed: true), colour: .black, label: "where chains agree")
    let most = (chains.rankCounts(bins: bins).joined().max()).map { Double($0) / even } ?? 1
    return Figure(
      title: draws.summaries[place].name,
      subtitle: "the parameter with the greatest R-hat: \(NumberFormat.rHat(draws.summaries[place].rHat))",
      horizontal: Axis("rank among the draws of all chains", range: 0...1),
      vertical: Axis("draws, over what is even", range: 0...max(2, 1.05 * most)), marks: [expected] + lines)
  }

  private static func difference(
    _ first: LeaveOneOut?, _ file: String, _ others: [String]
  ) throws -> PredictiveDifference {
    let other = others[0]
    let second = try DrawsFile(contentsOf: others).logLikelihood.map { LeaveOneOut(chains: $0) }
    guard let first, let second else {
      throw DatasetError(
        file: first == nil ? file : other, problem: "there is no array log_likelihood [chains, draws, observations]",
        advice: "store the log likelihood of each observation with the draws")
    }
    guard first.pointwise.count == second.pointwise.count else {
      throw DatasetError(
        file: other,
        problem: "it has \(second.pointwise.count) observations, and \(file) has \(first.pointwise.count)",
        advice: "compare models of the same observations")
    }
    return PredictiveDifference(first, second)
  }
}
