//  MethodList.swift — the catalogue for people and for programs.

import Credence

struct MethodList: Report {
  private let entries: [MethodEntry]

  init(_ entries: [MethodEntry]) { self.entries = entries }

  /// A line for each method, and below it a line for each option.
  var text: String {
    let keys = entries.flatMap(\.options).map(\.key.count).max() ?? 0
    let names = max(entries.map(\.name.count).max() ?? 0, keys + 2)
    return entries.map { entry in
      let options = entry.options.map { option in
        Self.padded("  " + option.key, names)
          + "  \(option.summary): \(option.values) (default: \(option.standard))"
          + (option.use.map { "; only where \($0)" } ?? "")
      }
      return ([Self.padded(entry.name, names) + "  " + entry.summary] + options).joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// A row for each method, and below it one for each option.
  var markdown: String {
    var table = TextTable(
      columns: ["method", "option", "meaning", "values", "default"].map { TextTable.Column($0, .left) })
    for entry in entries {
      table.append([entry.name, "", entry.summary, "", ""])
      for option in entry.options {
        let use = option.use.map { "; only where \($0)" } ?? ""
        table.append(["", option.key, option.summary, option.values + use, "\(option.standard)"])
      }
    }
    return table.markdown
  }

  /// A line for each option; one without for a method that has none.
  var csv: String {
    get throws {
      let lines = entries.flatMap { entry in
        let record = MethodRecord(entry)
        return record.options.isEmpty
          ? [OptionLine(method: record.name, option: nil)]
          : record.options.map { OptionLine(method: record.name, option: $0) }
      }
      return try RecordTable.csv(lines, first: ["method", "key", "kind", "default"])
    }
  }

  /// An object whose `methods` are objects.
  var json: String {
    get throws { try JSONText.object(["methods": entries.map(MethodRecord.init)]) }
  }
}

/// A method as JSON.
private struct MethodRecord: Encodable {
  struct OptionRecord: Encodable {
    let key: String
    let kind: String
    let summary: String
    let `default`: OptionValue
    var minimum: OptionValue?
    var maximum: OptionValue?
    var choices: [String]?
    /// Whether the word `auto` may stand in place of a number.
    var allowsAuto: Bool?
    /// The values of other options for which it is used, in words.
    var onlyWhere: String?
  }

  let name: String
  let summary: String
  let options: [OptionRecord]

  init(_ entry: MethodEntry) {
    name = entry.name
    summary = entry.summary
    options = entry.options.map { option in
      func record(_ kind: String) -> OptionRecord {
        OptionRecord(
          key: option.key, kind: kind, summary: option.summary, default: option.standard,
          allowsAuto: option.allowsAuto ? true : nil, onlyWhere: option.use)
      }
      switch option.kind {
      case .integer(let range):
        var record = record("integer")
        (record.minimum, record.maximum) = (.integer(range.lowerBound), .integer(range.upperBound))
        return record
      case .number(let range):
        var record = record("number")
        (record.minimum, record.maximum) = (.number(range.lowerBound), .number(range.upperBound))
        return record
      case .choice(let words):
        var record = record("choice")
        record.choices = words
        return record
      case .flag: return record("flag")
      case .names: return record("names")
      }
    }
  }
}

/// An option beside the name of its method.
private struct OptionLine: Encodable {
  let method: String
  let option: MethodRecord.OptionRecord?

  private enum CodingKeys: String, CodingKey { case method }

  func encode(to encoder: any Encoder) throws {
    try option?.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(method, forKey: .method)
  }
}
