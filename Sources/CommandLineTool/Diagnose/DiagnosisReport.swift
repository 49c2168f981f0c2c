//  DiagnosisReport.swift — what is known of the chains of a file: a line for each parameter, and what is wrong.

import Credence

struct DiagnosisReport: Report {
  private let draws: DrawsFile
  private let findings: [ConvergenceFinding]
  private let prediction: PredictiveCriteria?
  private let difference: PredictiveDifference?
  private let file: String
  private let other: String?

  /// - Parameters:
  ///   - file: The name of the draws.
  ///   - other: That of the draws of the other model, where there is one.
  init(
    _ draws: DrawsFile, _ findings: [ConvergenceFinding], prediction: PredictiveCriteria?,
    difference: PredictiveDifference?, file: String, other: String?
  ) {
    self.draws = draws
    self.findings = findings
    self.prediction = prediction
    self.difference = difference
    self.file = file
    self.other = other
  }

  var text: String { table.text + notes + (prediction.map { "\n" + $0.text } ?? "") + differenceNote }

  var markdown: String {
    table.markdown + notes + (prediction.map { "\n" + $0.markdown } ?? "") + differenceNote
  }

  var json: String {
    get throws {
      try JSONText.object(
        Record(
          parameters: draws.summaries,
          findings: findings.map { .init(problem: $0.problem(chains: draws.chainLabels), advice: $0.advice) },
          chains: draws.chainLabels, warmUpDraws: draws.warmUpCount,
          energyFractions: draws.trajectories?.energyFractions ?? [], effort: draws.effort, stein: draws.stein,
          steinRefusal: draws.steinRefusal, prediction: prediction, difference: difference))
    }
  }

  var csv: String { get throws { try RecordTable.csv(draws.summaries, first: ["name"]) } }

  private struct Record: Encodable {
    struct Finding: Encodable { let problem, advice: String }

    let parameters: [ConvergenceSummary]
    let findings: [Finding]
    /// What each chain is called.
    let chains: [String]
    /// How many were left out.
    let warmUpDraws: Int
    /// Of each chain; empty where energies are not known.
    let energyFractions: [Double]
    let effort: DrawsEffort
    let stein: KernelSteinTest?
    let steinRefusal: String?
    let prediction: PredictiveCriteria?
    let difference: PredictiveDifference?
  }

  private var table: TextTable {
    let titles = ["mean", "sd", "5 %", "median", "95 %", "MCSE", "ESS bulk", "ESS tail", "R-hat"]
    var table = TextTable(columns: [TextTable.Column("", .left)] + titles.map { TextTable.Column($0) })
    for s in draws.summaries {
      // One chain that did not move has no deviation that could be judged either.
      if s.isFixed || s.chainCount == 1 && !s.constantChains.isEmpty {
        let value = NumberFormat.number(s.mean)
        table.append([s.name, value, "constant", value, value, value] + ["–", "–", "–", "–"])
        continue
      }
      var numbers = [s.mean, s.standardDeviation, s.lower, s.median, s.upper].map { NumberFormat.number($0) }
      numbers.append(s.meanError.isNaN ? "–" : NumberFormat.number(s.meanError))
      let sizes = [s.bulkEffectiveSampleSize, s.tailEffectiveSampleSize].map {
        $0.isFinite ? "\(Int($0))" : "–"
      }
      table.append([s.name] + numbers + sizes + [s.rHat.isNaN ? "–" : NumberFormat.rHat(s.rHat)])
    }
    return table
  }

  private var notes: String { size + problems + draws.effort.text + energies + stein }

  private var size: String {
    guard let first = draws.summaries.first else { return "" }
    let size = "\n\(NumberFormat.count(first.chainCount, "chain")) of \(NumberFormat.count(first.drawCount, "draw")).\n"
    if draws.warmUpCount == 0 { return size }
    let verb = draws.warmUpCount == 1 ? "was" : "were"
    return size + "\(NumberFormat.count(draws.warmUpCount, "draw")) of the warm-up \(verb) left out.\n"
  }

  private var problems: String {
    if draws.summaries.isEmpty { return "" }
    if findings.isEmpty { return "Nothing is wrong.\n" }
    return findings.map { "\($0.problem(chains: draws.chainLabels))\n  → \($0.advice)\n" }.joined()
  }

  private var energies: String {
    guard let least = draws.trajectories?.energyFractions.min(), least.isFinite else { return "" }
    return "The least energy fraction of a chain is \(NumberFormat.number(least)).\n"
  }

  private var stein: String {
    let refusal = draws.steinRefusal ?? ""
    guard let stein = draws.stein else { return refusal }
    let (size, chance) = (NumberFormat.number(stein.discrepancy), NumberFormat.number(stein.probability))
    return
      "Kernel Stein discrepancy of \(NumberFormat.count(stein.draws, "draw")), in standard deviations: \(size); "
      + "as large by chance with probability \(chance).\n" + refusal
  }

  private var differenceNote: String {
    guard let difference, let other else { return "" }
    return difference.text(file, other: other)
  }
}
