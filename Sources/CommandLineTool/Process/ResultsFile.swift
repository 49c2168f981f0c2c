//  ResultsFile.swift — finished rows of a long table, one JSON object a line, so that a run that was stopped loses none of them.
//
//  A line is {"key": …, "value": …}. The key is everything that determines the row; a row whose key is there is not worked out
//  again. Where a key has several lines the last one counts. Numbers that are not finite are texts.

import ArgumentParser
import Credence
import Foundation
import Synchronization

/// Rows by their keys, in a file that grows by a line for each row.
final class ResultsFile<Key: Codable & Hashable & Sendable, Value: Codable & Sendable>: Sendable {
  private struct Line: Codable {
    let key: Key
    let value: Value
  }

  private let path: String?
  private let rows: Mutex<[Key: Value]>

  /// - Parameter path: `nil` keeps nothing.
  /// - Throws: `DatasetError` when the file cannot be read, or holds a line that is no row of this table.
  init(_ path: String?) throws(DatasetError) {
    self.path = path
    var rows: [Key: Value] = [:]
    if let path {
      try OutputFile.check(path)
      for (number, text) in try Self.lines(of: path).enumerated() {
        guard let line = try? Self.decoder.decode(Line.self, from: Data(text)) else {
          throw DatasetError(
            file: path, line: number + 1, problem: "this is no finished row of this table",
            advice: "remove the line, or name another file with --results")
        }
        rows[line.key] = line.value
      }
    }
    self.rows = Mutex(rows)
  }

  subscript(key: Key) -> Value? { rows.withLock { $0[key] } }

  /// Keeps a row, in the file as well.
  ///
  /// Throws: `DatasetError` when the file cannot be written.
  func keep(_ value: Value, for key: Key) throws {
    try rows.withLock { rows in
      rows[key] = value
      guard let path else { return }
      var bytes = try Self.encoder.encode(Line(key: key, value: value))
      bytes.append(UInt8(ascii: "\n"))
      try Self.append(bytes, to: path)
    }
  }

  /// Each without its line feed; none where there is no file.
  private static func lines(of path: String) throws(DatasetError) -> [Data.SubSequence] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    do {
      return try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n"))
    } catch {
      throw DatasetError(file: path, problem: "the file cannot be read", advice: "check that you may read it")
    }
  }

  /// In one piece behind all others: another process that writes to the same file does no harm.
  private static func append(_ bytes: Data, to path: String) throws(DatasetError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    let written = bytes.withUnsafeBytes { descriptor < 0 ? -1 : write(descriptor, $0.baseAddress, $0.count) }
    if descriptor >= 0 { close(descriptor) }
    guard written == bytes.count else {
      throw DatasetError(
        file: path, problem: "a finished row cannot be added (\(String(cString: strerror(errno))))",
        advice: "make room or name another file with --results")
    }
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }
}

/// `--results FILE`.
struct ResultsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep each row in this file as soon as it is finished; rows that are there already are not worked out again.",
      valueName: "file"))
  var results: String?

  /// That a table was stopped, what is kept of it, and how to go on.
  ///
  /// - Parameter work: What begins anew where nothing is kept.
  func interruption(of work: String) -> Interruption {
    Interruption(
      signal: Interruption.received ?? SIGINT,
      sentence: results.map { "stopped; finished rows are in \($0), and the same command goes on from there." }
        ?? "stopped; \(work) begins anew when run again, unless --results names a file for finished rows.")
  }
}
