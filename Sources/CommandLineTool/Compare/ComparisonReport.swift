//  ComparisonReport.swift — a comparison for people, for documents, and for programs.

import Credence

struct ComparisonReport: Report {
  private let comparison: Comparison
  private let threads: Int

  init(_ comparison: Comparison, threads: Int) {
    self.comparison = comparison
    self.threads = threads
  }

  var json: String { get throws { try JSONText.object(comparison) } }

  var markdown: String { table(comparison.measures).markdown + "\n" + notes }

  var text: String {
    // One table would be wider than most terminals.
    let (quality, cost) = (comparison.measures.filter(\.isQuality), comparison.measures.filter { !$0.isQuality })
    guard !quality.isEmpty else { return notes }
    return "How good, on the rows held out\n\n\(table(quality).text)\nWhat it costs\n\n\(table(cost).text)\n\(notes)"
  }

  private func table(_ measures: [Measure]) -> TextTable {
    var table = TextTable(
      columns: [TextTable.Column("method", .left)]
        + measures.flatMap { [TextTable.Column($0.title), TextTable.Column("/MAP")] })
    for record in comparison.records where record.failure == nil {
      table.append(
        [record.method.name]
          + measures.flatMap { measure in
            [
              record[measure].map(measure.figure) ?? "–",
              comparison.ratio(measure, of: record).map { NumberFormat.number($0, digits: 3) } ?? "–",
            ]
          })
    }
    return table
  }

  var csv: String {
    let measures = comparison.measures
    var text = CSVText.line(
      ["method"] + measures.flatMap { [$0.rawValue, "\($0.rawValue)_ratio"] } + ["failure"])
    for record in comparison.records {
      let cells = measures.flatMap { measure in
        [record[measure].map { "\($0)" } ?? "", comparison.ratio(measure, of: record).map { "\($0)" } ?? ""]
      }
      text += CSVText.line(
        [record.method.name] + cells + [record.failure ?? ""])
    }
    return text
  }

  private var notes: String {
    let failures = comparison.records.compactMap { record in
      record.failure.map { "\(record.method.name) has no result: \($0)." }
    }
    let chosen = comparison.records.map(\.method).filter { !$0.options.isEmpty }.map(\.choices)
    let budget = comparison.budget.map { "at most \(NumberFormat.duration(seconds: $0)) for each fit" } ?? "no budget"
    let alike = comparison.methodsLikeMAP.map { "\($0) scores as map does: its posterior has no width that shows." }
    let unsettled = comparison.records.filter { $0.hasConverged == false }.map { record in
      "\(record.method.name) has not converged in what it predicts: a longer run may score otherwise."
    }
    let lines =
      failures + alike + unsettled + [
        "Fitted to \(comparison.rows) rows, scored on \(comparison.testRows) others; \(budget); "
          + "\(NumberFormat.count(threads, "thread")); seed \(comparison.seed).",
        "Options: " + (chosen.isEmpty ? "defaults" : "defaults but for " + chosen.joined(separator: "; "))
          + ". 'credence methods' lists them.",
        "/MAP: divided by the figure of MAP; – where one of them is not above zero. NLL: nats a row.",
        "calibration: how far shares differ from what was promised. in 90 %: what 90 % intervals or sets hold.",
        "1000 rows: time to predict them. memory: the most that the fit's process had, program and data included.",
        "epochs: at most, where rows held back end a fit before; of nuts and hmc, the transitions of each chain.",
        "passes: through the network for one prediction.",
      ]
    // Paragraphs run on in Markdown.
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Measure {
  /// The title of a column.
  var title: String {
    switch self {
    case .negativeLogLikelihood: "NLL"
    case .rootMeanSquaredError: "RMSE"
    case .errorRate: "error"
    case .calibrationError: "calibration"
    case .continuousRankedProbabilityScore: "CRPS"
    case .brierScore: "Brier"
    case .coverageOf90: "in 90 %"
    case .epochs: "epochs"
    case .fitSeconds: "fit"
    case .predictionSeconds: "1000 rows"
    case .peakMemory: "memory"
    case .fileSize: "file"
    case .forwardPasses: "passes"
    }
  }

  /// A figure for people, with its unit.
  func figure(_ value: Double) -> String {
    switch self {
    case .errorRate, .calibrationError, .coverageOf90: NumberFormat.percent(value)
    case .fitSeconds: NumberFormat.duration(seconds: value)
    case .predictionSeconds:
      value < 1 ? NumberFormat.number(1000 * value, digits: 3) + " ms" : NumberFormat.duration(seconds: value)
    case .peakMemory, .fileSize: NumberFormat.bytes(value)
    case .epochs, .forwardPasses: "\(Int(value))"
    default: NumberFormat.number(value)
    }
  }
}
