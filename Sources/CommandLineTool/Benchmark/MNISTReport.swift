//  MNISTReport.swift — the benchmark's table: a line for each method.

import Credence

struct MNISTReport: BenchmarkReport {
  let results: [MNISTResult]
  /// Whether settings were chosen by rows held out.
  let searched: Bool

  var table: TextTable {
    var table = TextTable(columns: [
      TextTable.Column("method", .left), TextTable.Column("test error"), TextTable.Column("NLL"),
      TextTable.Column("ECE"), TextTable.Column("AUROC of garments"), TextTable.Column("fit"),
      TextTable.Column("10 000 predictions"),
    ])
    for result in results {
      table.append([
        result.settings.method.name, NumberFormat.number(100 * result.testError, digits: 3) + " %",
        NumberFormat.number(result.negativeLogLikelihood),
        NumberFormat.number(100 * result.expectedCalibrationError, digits: 3) + " %",
        result.foreignDetection.map { NumberFormat.number($0) } ?? "–",
        NumberFormat.duration(seconds: result.fitSeconds),
        NumberFormat.duration(seconds: result.predictSeconds),
      ])
    }
    return table
  }

  var notes: String {
    let settings = results.map { result in
      let rate =
        result.settings.learningRate.map { "learning rate \(NumberFormat.number($0, digits: 3))" }
        ?? "its learning rate"
      return
        "\(result.settings.method.summary): \(NumberFormat.count(result.settings.epochs ?? 0, "epoch")), \(rate), prior scale "
        + NumberFormat.number(result.settings.priorScale, digits: 2)
    }
    return
      (settings + [
        searched
          ? "Learning rate and prior were chosen by 10 000 validation images of the 60 000."
          : "No setting was searched for."
      ]).joined(separator: "\n") + "\n"
  }
}
