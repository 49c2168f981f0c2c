//  LinearReport.swift — linear models of several degrees, a line each.

import Credence
import Foundation

struct LinearReport: Report {
  private let records: [LinearRecord]
  private let noun: String
  private let isLearnt: Bool

  /// - Parameter scale: The unit of the target.
  init(_ comparison: LinearComparison, scale: Standardisation) {
    records = comparison.records(scale: scale)
    (noun, isLearnt) = (comparison.noun, comparison.isLearnt)
  }

  var text: String { table.text + notes }
  var markdown: String { table.markdown + (notes.isEmpty ? "" : "\n" + notes) }
  var json: String { get throws { try JSONText.object(records) } }
  var csv: String { get throws { try RecordTable.csv(records, first: ["degree"]) } }

  private var table: TextTable {
    var table = TextTable(
      columns: [noun, "features", "log evidence", "probability", "effective parameters", "noise", "prior scale"]
        .map { TextTable.Column($0) })
    for record in records {
      table.append([
        "\(record.degree)" + (record.isExact ? " =" : record.isMaximum ? "" : " *"), "\(record.features)",
        String(format: "%.2f", record.logEvidence), NumberFormat.percent(record.probability),
        String(format: "%.1f", record.effectiveParameters), NumberFormat.number(record.noise),
        NumberFormat.number(record.priorScale),
      ])
    }
    return table
  }

  private var notes: String {
    var notes = ""
    if records.contains(where: \.isExact) {
      notes += "= The model goes through every row; the noise is taken for a millionth of the target's deviation.\n"
    }
    if records.contains(where: { !$0.isMaximum && !$0.isExact }) {
      notes +=
        "* The evidence is greatest as the weights vanish; it is that of the limit, features that explain nothing.\n"
    }
    if isLearnt {
      notes +=
        "The features have been learnt from targets: this evidence is that of the last layer, and not of the network.\n"
    }
    return notes
  }
}
