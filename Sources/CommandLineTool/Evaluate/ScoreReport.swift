//  ScoreReport.swift — the scores of a model.

import Credence

struct ScoreReport<Scores: Encodable>: Report {
  private let scores: Scores
  private var table = TextTable(columns: [TextTable.Column("score", .left), TextTable.Column("value")])

  var text: String { table.text }
  var markdown: String { table.markdown }
  var json: String { get throws { try JSONText.object(scores) } }
  var csv: String { get throws { try RecordTable.csv([scores], first: ["count"]) } }

  private mutating func append(_ name: String, _ value: String) { table.append([name, value]) }
}

extension ScoreReport where Scores == RegressionScores {
  init(_ scores: RegressionScores) {
    self.scores = scores
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

  private static func percent(_ level: String) -> String {
    Double(level).map { "\(Int((100 * $0).rounded())) %" } ?? level
  }
}

extension ScoreReport where Scores == ClassificationScores {
  init(_ scores: ClassificationScores) {
    self.scores = scores
    append("rows", "\(scores.count)")
    append("negative log likelihood (nats a row)", NumberFormat.number(scores.negativeLogLikelihood))
    append("accuracy", NumberFormat.percent(scores.accuracy))
    append("Brier score", NumberFormat.number(scores.brierScore))
    append("expected calibration error", NumberFormat.percent(scores.expectedCalibrationError))
  }
}
