//  BenchmarkReport.swift — the table of a benchmark in every form.

import Credence

protocol BenchmarkReport: Report {
  associatedtype Row: Encodable

  /// In the order of the table.
  var results: [Row] { get }
  var table: TextTable { get }
  /// What stands below the table; whole lines.
  var notes: String { get }
}

extension BenchmarkReport {
  var json: String { get throws { try JSONText.object(["results": results]) } }
  var csv: String {
    get throws { try RecordTable.csv(results, first: ["dataset", "method_name", "settings_method_name"]) }
  }
  var markdown: String { table.markdown + "\n" + notes }
  var text: String { table.text + "\n" + notes }
}
