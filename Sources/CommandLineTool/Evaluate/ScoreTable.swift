//  ScoreTable.swift — scores as a table for people.

import Credence

struct ScoreTable {
  private var table = TextTable(columns: [TextTable.Column("score", .left), TextTable.Column("value")])

  var text: String { table.text }

  init(_ scores: RegressionScores) {
    append("rows", "\(scores.count)")
    append("negative log likelihood (nats a row)", NumberFormat.number(scores.negativeLogLikelihood))
    append("root mean squared error", NumberFormat.number(scores.rootMeanSquaredError))
    append("mean absolute error", NumberFormat.number(scores.meanAbsoluteError))
    append("continuous ranked probability score", NumberFormat.number(scores.continuousRankedProbabilityScore))
    append("calibration error of central intervals", NumberFormat.percent(scores.calibrationError))
    for (level, share) in scores.coverage.sorted(by: { $0.key < $1.key }) {
      append("inside of the \(Self.percent(level)) interval", NumberFormat.percent(share))
    }
  }

  init(_ scores: ClassificationScores) {
    append("rows", "\(scores.count)")
    append("negative log likelihood (nats a row)", NumberFormat.number(scores.negativeLogLikelihood))
    append("accuracy", NumberFormat.percent(scores.accuracy))
    append("Brier score", NumberFormat.number(scores.brierScore))
    append("expected calibration error", NumberFormat.percent(scores.expectedCalibrationError))
  }

  private mutating func append(_ name: String, _ value: String) { table.append([name, value]) }

  private static func percent(_ level: String) -> String {
    Double(level).map { "\(Int((100 * $0).rounded())) %" } ?? level
  }
}
