//  Report.swift — a result in four forms: for people, for programs, for spreadsheets, for documents.

import ArgumentParser

/// How a result is written.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, csv, markdown
}

struct FormatOption: ParsableArguments {
  @Option(help: "The form of the result.")
  var format: ReportFormat = .text
}

/// A result that has every form.
protocol Report {
  /// For a terminal.
  var text: String { get }
  var markdown: String { get }
  /// One object.
  var json: String { get throws }
  /// A line of names, and one for each row, numbers in full.
  var csv: String { get throws }
}

extension Report {
  func written(as format: ReportFormat) throws -> String {
    switch format {
    case .text: text
    case .json: try json
    case .csv: try csv
    case .markdown: markdown
    }
  }
}
