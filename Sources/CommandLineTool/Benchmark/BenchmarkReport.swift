//  BenchmarkReport.swift — the table of a benchmark in every form.

import Credence

protocol BenchmarkReport {
  associatedtype Row: Encodable

  /// In the order of the table.
  var results: [Row] { get }
  var table: TextTable { get }
  /// What stands below the table; whole lines.
  var notes: String { get }
}

extension BenchmarkReport {
  func text(_ format: TableFormat) throws -> String {
    switch format {
    case .json: try JSONText.object(["results": results])
    case .markdown: table.markdown + "\n" + notes
    case .text: table.text + "\n" + notes
    }
  }
}
