//  SplitFile.swift — published splits: one line for each, the test rows counted from 0, separated by commas.

/// The splits of a file whose line k lists the test rows of split k; all other rows are for training.
public struct SplitFile: Hashable, Sendable {
  /// The test rows of each split, in the order of the file.
  public let testRows: [[Int]]

  /// The number of rows of the table that is split.
  public let rowCount: Int

  /// Reads the splits of a table with `rowCount` rows.
  ///
  /// Throws: `DatasetError` with the line for what is no row of the table, or stands twice.
  public init(contentsOf path: String, rowCount: Int) throws(DatasetError) {
    try self.init(try bytesOfFile(at: path), name: path, rowCount: rowCount)
  }

  /// Reads splits that are in memory; `name` stands for the file in errors.
  ///
  /// Throws: as `init(contentsOf:rowCount:)`.
  public init(_ bytes: [UInt8], name: String = "splits.csv", rowCount: Int) throws(DatasetError) {
    var splits: [[Int]] = []
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if text.isEmpty { continue }
      splits.append(try Self.rows(text, below: rowCount, file: name, line: number + 1))
    }
    guard !splits.isEmpty else {
      throw DatasetError(file: name, problem: "the file is empty", advice: "give one line of test rows for each split")
    }
    testRows = splits
    self.rowCount = rowCount
  }

  /// The number of splits.
  public var count: Int { testRows.count }

  /// Split `number`, counted from 0.
  public subscript(number: Int) -> Split { Split(testing: testRows[number], of: rowCount) }

  private static func rows(
    _ text: ArraySlice<UInt8>, below rowCount: Int, file: String, line: Int
  ) throws(DatasetError) -> [Int] {
    var seen = [Bool](repeating: false, count: rowCount)
    var rows: [Int] = []
    for cell in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let spelling = String(decoding: cell, as: UTF8.self)
      guard let row = Int(spelling), row >= 0, row < rowCount else {
        throw DatasetError(
          file: file, line: line, problem: "\(DatasetError.excerpt(of: spelling)) is no row of a table of \(rowCount)",
          advice: "count rows from 0")
      }
      guard !seen[row] else {
        throw DatasetError(file: file, line: line, problem: "row \(row) stands twice", advice: "list each row once")
      }
      seen[row] = true
      rows.append(row)
    }
    return rows
  }
}
