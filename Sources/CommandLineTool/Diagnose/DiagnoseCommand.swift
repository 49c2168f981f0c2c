//  DiagnoseCommand.swift — credence diagnose: have these Markov chains converged?

import ArgumentParser
import Credence

struct DiagnoseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagnose", abstract: "Say whether Markov chains have converged, and what to do if not.",
    discussion: """
      The file holds draws: safetensors or NPZ with an array [chains, draws, …] for each parameter, NPY with one such \
      array, or CSV with a column for each parameter and a column `chain`. R-hat is rank-normalised; ESS is the effective \
      sample size of the bulk and of the tails; MCSE the Monte Carlo standard error of the mean.

      EXAMPLE
        credence diagnose draws.safetensors
        credence diagnose chains.csv --format json
      """)

  @Argument(help: ArgumentHelp("Draws of Markov chains.", valueName: "draws"))
  var file: String

  @Option(help: "A table for people, or an object for programs.")
  var format: ScoreFormat = .text

  func run() throws {
    let draws = try DrawsFile(contentsOf: file)
    let findings = ConvergenceFinding.all(in: draws.summaries, trajectories: draws.trajectories)
    switch format {
    case .json:
      try StandardOutput.write(
        JSONText.object(
          DiagnosisRecord(
            parameters: draws.summaries, findings: findings.map { .init(problem: $0.problem, advice: $0.advice) })))
    case .text: try StandardOutput.write(Self.text(draws.summaries, findings))
    }
  }

  private struct DiagnosisRecord: Encodable {
    struct Finding: Encodable { let problem, advice: String }

    let parameters: [ConvergenceSummary]
    let findings: [Finding]
  }

  private static func text(_ summaries: [ConvergenceSummary], _ findings: [ConvergenceFinding]) -> String {
    let titles = ["mean", "sd", "5 %", "median", "95 %", "MCSE", "ESS bulk", "ESS tail", "R-hat"]
    var table = TextTable(columns: [TextTable.Column("", .left)] + titles.map { TextTable.Column($0) })
    for s in summaries {
      let numbers = [s.mean, s.standardDeviation, s.lower, s.median, s.upper, s.meanError].map {
        NumberFormat.number($0)
      }
      let sizes = [s.bulkEffectiveSampleSize, s.tailEffectiveSampleSize].map {
        $0.isFinite ? "\(Int($0))" : "–"
      }
      table.append([s.name] + numbers + sizes + [s.rHat.isFinite ? NumberFormat.fixed(s.rHat, digits: 3) : "–"])
    }
    guard let first = summaries.first else { return table.text }
    let size = "\(NumberFormat.count(first.chainCount, "chain")) of \(NumberFormat.count(first.drawCount, "draw")).\n"
    if findings.isEmpty { return table.text + "\n" + size + "Nothing is wrong.\n" }
    return table.text + "\n" + size + findings.map { "\($0.problem)\n  → \($0.advice)\n" }.joined()
  }
}
